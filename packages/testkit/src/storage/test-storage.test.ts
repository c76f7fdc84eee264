import { createMemoryStorage } from '@batonjs/core'
import { describe, expect, it } from 'vitest'
import { failuresOf } from '../suite/run-cases.fixture.ts'
import { brokenFiles } from './broken-files.fixture.ts'
import { brokenInboxes } from './broken-inboxes.fixture.ts'
import { brokenJournals } from './broken-journals.fixture.ts'
import { brokenLocks } from './broken-locks.fixture.ts'
import { storageCases, testStorage } from './test-storage.ts'

const broken = { ...brokenJournals, ...brokenLocks, ...brokenInboxes, ...brokenFiles }

describe('the storage kit', () => {
  it.each(Object.entries(broken))('catches a storage that %s', async (_, { caughtBy, create, loseLock }) => {
    const cases = storageCases(create, { timeoutMs: 300, ...(loseLock === undefined ? {} : { loseLock }) })
    const failures = await failuresOf(cases.filter(({ id }) => id === caughtBy))
    expect([...failures.keys()]).toEqual([caughtBy])
  })

  it('has a broken storage for each of its cases', () => {
    const proven = new Set(Object.values(broken).map(({ caughtBy }) => caughtBy))
    const ids = storageCases(createMemoryStorage).map(({ id }) => id)
    expect(ids.filter((id) => !proven.has(id))).toEqual([])
  })

  it.each<[string, unknown, RegExp]>([
    ['no test runner', {}, /testStorage: options.test is missing/],
    ['a misspelt option', { test: { describe, it }, losesLock: () => {} }, /Did you mean "loseLock"/],
  ])('law 6: refuses %s', (_, wrong, message) => {
    // What JavaScript may hand over.
    expect(() => testStorage('x', createMemoryStorage, wrong as never)).toThrow(message)
  })

  it('skips what cannot be brought about, with the reason', () => {
    const skipped = storageCases(createMemoryStorage).filter((one) => one.skipped !== undefined)
    expect(skipped.map((one) => [one.id, one.skipped])).toEqual([['lock-lost', 'no loseLock is given']])
  })

  it('uses a second handle, and cleans up after each case', async () => {
    const log: string[] = []
    const create = () => {
      const storage = createMemoryStorage()
      const disposing = (name: string) => ({ ...storage, dispose: async () => void log.push(name) })
      return {
        storage: disposing('first'),
        another: () => disposing('second'),
        cleanUp: async () => void log.push('clean'),
      }
    }
    await failuresOf(storageCases(create).filter(({ id }) => id === 'list-empty'))
    expect(log).toEqual(['first', 'second', 'clean'])
  })
})
