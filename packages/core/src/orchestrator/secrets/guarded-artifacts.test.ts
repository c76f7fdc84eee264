import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import type { ArtifactStore } from '../../storage/artifact-store.ts'
import { createMemoryArtifacts, type MemoryFile } from '../memory/memory-artifacts.ts'
import { guardArtifacts } from './guarded-artifacts.ts'
import { Redactor } from './redactor.ts'
import { Secrets } from './secrets.ts'

/** A guarded store, and the one behind it. */
function guardedStore(...secrets: readonly string[]): {
  readonly guarded: ArtifactStore
  readonly store: ArtifactStore
} {
  const files = new Map<string, MemoryFile>()
  const store = createMemoryArtifacts(() => files)
  return { store, guarded: guardArtifacts(store, new Secrets(secrets)) }
}

describe('files that calls write (fault 39)', () => {
  it('fault 39: hold no secret, also when it is appended in parts that nobody waits for', async () => {
    const { guarded, store } = guardedStore('abcdefgh')
    await guarded.put('a.txt', '1 abcdefgh abcd')
    await Promise.all([
      guarded.append('a.txt', 'ef'),
      guarded.append('a.txt', 'gh 2'),
      guarded.append('a.txt', ' abc'),
    ])
    expect(await store.get('a.txt')).toBe('1 [secret] [secret] 2 abc')
  })

  it('fault 39: a secret that began before this process wrote is found too', async () => {
    const { guarded, store } = guardedStore('abcdefgh')
    await store.put('a.txt', 'x abcdef')
    await guarded.append('a.txt', 'gh y')
    expect(await store.get('a.txt')).toBe('x [secret] y')
  })

  it('fault 39: hold what the whole text would have given, wherever it is cut', async () => {
    const word = fc.string({ unit: fc.constantFrom('a', 'b'), minLength: 8, maxLength: 10 })
    const pieces = fc.array(fc.string({ unit: fc.constantFrom('a', 'b', 'c'), maxLength: 9 }), {
      maxLength: 12,
    })
    await fc.assert(
      fc.asyncProperty(word, pieces, async (secret, given) => {
        const { guarded, store } = guardedStore(secret)
        for (const piece of given) await guarded.append('a.txt', piece)
        const clean = new Redactor([secret]).text(given.join(''))
        expect(new Redactor([secret]).isIn((await store.get('a.txt')) ?? '')).toBe(false)
        expect(((await store.get('a.txt')) ?? '').replaceAll('[secret]', '')).toBe(
          clean.replaceAll('[secret]', ''),
        )
      }),
    )
  })

  it('fault 39: a secret is found under either name of a file, and both still lead to it', async () => {
    const { guarded, store } = guardedStore('abcdefgh')
    await guarded.append('b.txt', 'old')
    await Promise.all([
      guarded.put('a.txt', 'x abc', { also: 'b.txt' }),
      guarded.append('b.txt', 'de'),
      guarded.append('a.txt', 'fgh y'),
      guarded.append('b.txt', ' z'),
    ])
    for (const name of ['a.txt', 'b.txt']) expect(await store.get(name)).toBe('x [secret] y z')
  })

  it('fault 39: a name that was put anew is that of another file', async () => {
    const { guarded, store } = guardedStore('abcdefgh')
    await guarded.put('a.txt', 'abcd', { also: 'b.txt' })
    await guarded.put('a.txt', 'ab')
    await guarded.append('b.txt', 'efgh')
    await guarded.append('a.txt', 'cdefgh!')
    expect([await store.get('a.txt'), await store.get('b.txt')]).toEqual(['[secret]!', '[secret]'])
  })

  it('fault 39: no name leads to a secret, whatever is put and appended under which', async () => {
    const name = fc.constantFrom('a', 'b', 'c')
    const text = fc.string({ unit: fc.constantFrom('a', 'b'), maxLength: 7 })
    const act = fc.record({ name, text, also: fc.option(name, { nil: undefined }), puts: fc.boolean() })
    await fc.assert(
      fc.asyncProperty(fc.array(act, { maxLength: 15 }), async (acts) => {
        const { guarded, store } = guardedStore('abababab', 'aaaaaaaa')
        const writes = acts.map(({ name, text, also, puts }) =>
          puts ? guarded.put(name, text, also === undefined ? {} : { also }) : guarded.append(name, text),
        )
        await Promise.all(writes)
        for (const path of await store.list()) expect(await store.get(path)).not.toMatch(/abababab|aaaaaaaa/)
      }),
      { numRuns: 1_000 },
    )
  })

  it('fault 39: a name with a secret in it is refused, and the refusal does not show it', async () => {
    const { guarded } = guardedStore('abcdefgh')
    const refusal = { code: 'path_refused', message: expect.stringContaining('"x-[secret].txt"') }
    await expect(guarded.put('x-abcdefgh.txt', '')).rejects.toMatchObject(refusal)
    await expect(guarded.append('x-abcdefgh.txt', '')).rejects.toMatchObject(refusal)
  })

  it('J5: a write that fails harms none after it', async () => {
    const { guarded, store } = guardedStore('abcdefgh')
    await expect(guarded.put('a.txt', 'abcdefgh', { also: '../b' })).rejects.toThrow()
    await guarded.append('a.txt', 'abcdefgh')
    expect(await store.get('a.txt')).toBe('[secret]')
    expect(await guarded.get('a.txt')).toBe('[secret]')
    expect(await guarded.list()).toEqual(['a.txt'])
  })

  it('J5: bytes stay as they are', async () => {
    const { guarded, store } = guardedStore('abcdefgh')
    await guarded.put('a.bin', new TextEncoder().encode('abcdefgh'))
    expect(await store.get('a.bin')).toBe('abcdefgh')
  })

  it('fault 39: a secret that began in bytes and goes on in text is found', async () => {
    const { guarded, store } = guardedStore('abcdefgh')
    await guarded.append('a.bin', 'before')
    await guarded.put('a.bin', new TextEncoder().encode('x abcd'))
    await guarded.append('a.bin', 'efgh y')
    expect(await store.get('a.bin')).toBe('x [secret] y')
  })
})
