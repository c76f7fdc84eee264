import type { Shape } from '@batonjs/core'

/** What a kit needs of a test runner; vitest's and `node:test`'s `describe` and `it` are such. */
export interface TestRunner {
  describe(name: string, body: () => void): unknown
  readonly it: TestRegistrar
}

/** What a test runner must be when it is given to a kit. */
export const testRunner: Shape = {
  open: true,
  wanted: '{ describe, it } of a test runner',
  members: { describe: 'function', it: 'function' },
}

/** What reasons to skip must be when they are given to a kit. */
export const skips: Shape = { open: true, members: {}, wanted: 'an object of reasons by the name of a case' }

/** Registers one test, or one that is reported and not run. */
export interface TestRegistrar {
  (title: string, body: () => Promise<void>): unknown
  skip(title: string, body: () => Promise<void>): unknown
}

/** One promise of a port, as a test. `run` rejects when the promise is broken. */
export interface ConformanceCase<Id extends string = string> {
  readonly id: Id
  /** The promise, in the present tense. */
  readonly title: string
  /** Why it is not run. */
  readonly skipped?: string
  run(): Promise<void>
}

/** Cases that an adapter cannot meet, each with the reason. */
export type Skips<Id extends string> = { readonly [One in Id]?: string }

/** Marks the cases to skip. Throws for an unknown case and for a reason that is left out. */
export function withSkips<Id extends string>(
  cases: readonly ConformanceCase<Id>[],
  skip: Skips<Id> = {},
): readonly ConformanceCase<Id>[] {
  const reasons = new Map<string, unknown>(Object.entries(skip))
  const known = new Set<string>(cases.map(({ id }) => id))
  for (const [id, reason] of reasons) {
    if (!known.has(id)) throw new Error(`Cannot skip unknown case "${id}". Known: ${[...known].join(', ')}`)
    if (!isReason(reason)) throw new Error(`Skipping case "${id}" needs a reason`)
  }
  return cases.map((one) => {
    const reason = reasons.get(one.id)
    return isReason(reason) ? { ...one, skipped: reason } : one
  })
}

function isReason(reason: unknown): reason is string {
  return typeof reason === 'string' && reason.trim() !== ''
}

/** Hands the cases to a test runner; a skipped one is reported with its reason. */
export function register(name: string, cases: readonly ConformanceCase[], test: TestRunner): void {
  test.describe(name, () => {
    for (const { id, title, skipped, run } of cases) {
      if (skipped === undefined) test.it(`${title} (${id})`, run)
      else test.it.skip(`${title} (${id}): skipped, ${skipped}`, run)
    }
  })
}
