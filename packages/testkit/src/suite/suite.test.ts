import { describe, expect, expectTypeOf, it } from 'vitest'
import { register, type TestRunner, withSkips } from './suite.ts'

type NodeTest = Pick<typeof import('node:test'), 'describe' | 'it'>

const cases = [
  { id: 'one', title: 'does one thing', run: async () => {} },
  { id: 'two', title: 'does another', skipped: 'it cannot', run: async () => {} },
] as const

describe('a suite', () => {
  it('works with the test runners of vitest and of Node', () => {
    expectTypeOf<{ describe: typeof describe; it: typeof it }>().toExtend<TestRunner>()
    expectTypeOf<NodeTest>().toExtend<TestRunner>()
  })

  it('registers what is to be run, and reports what is skipped', () => {
    const log: string[] = []
    const it = Object.assign((title: string) => log.push(`run ${title}`), {
      skip: (title: string) => log.push(`skip ${title}`),
    })
    const describe = (name: string, body: () => void) => {
      log.push(name)
      body()
    }
    register('a thing', cases, { describe, it })
    expect(log).toEqual([
      'a thing',
      'run does one thing (one)',
      'skip does another (two): skipped, it cannot',
    ])
  })

  it('skips by name, with a reason that takes the place of its own', () => {
    const reasons = withSkips(cases, { one: 'later', two: 'never' }).map(({ skipped }) => skipped)
    expect(reasons).toEqual(['later', 'never'])
    expect(withSkips(cases).map(({ skipped }) => skipped)).toEqual([undefined, 'it cannot'])
  })

  it('refuses a skip without a reason, and one of a case that is not there', () => {
    expect(() => withSkips(cases, { one: '' })).toThrow('Skipping case "one" needs a reason')
    // A name that the types do not let through.
    const unknown = { three: 'x' } as Partial<Record<'one', string>>
    expect(() => withSkips(cases, unknown)).toThrow('Cannot skip unknown case "three". Known: one, two')
  })
})
