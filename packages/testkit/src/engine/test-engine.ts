import { checkOptions, type MembersOf, type Shape, type StepEngine } from '@batonjs/core'
import {
  type ConformanceCase,
  register,
  type Skips,
  skips,
  type TestRunner,
  testRunner,
  withSkips,
} from '../suite/suite.ts'
import { abortCases } from './abort-cases.ts'
import { callCases } from './call-cases.ts'
import type { EngineCase, EngineKit, EngineScenarios } from './engine-kit.ts'
import { peopleCases } from './people-cases.ts'
import { portCases } from './port-cases.ts'
import { createStepContext, type TestStepContextOptions } from './step-context.ts'

const allCases = { ...portCases, ...callCases, ...abortCases, ...peopleCases }

/** Names of the engine kit's cases. */
export type EngineCaseId = keyof typeof allCases

/** How an engine is tested. */
export interface EngineCasesOptions {
  /** What every context holds, such as a model or a workspace. */
  readonly context?: TestStepContextOptions
  /** Situations that the engine must be brought into; a case without its own is skipped. */
  readonly scenarios?: EngineScenarios
  /** Whether the same call always gives the same answer. @default false */
  readonly deterministic?: boolean
  /** Cases that the engine cannot meet, each with the reason. */
  readonly skip?: Skips<EngineCaseId>
  /** Longest time of a call in milliseconds. @default 60_000 */
  readonly timeoutMs?: number
  /** Longest time that a call may take to end once it is aborted, in milliseconds. @default 5_000 */
  readonly graceMs?: number
}

/** How an engine is tested, and by which test runner. */
export interface TestEngineOptions extends EngineCasesOptions {
  readonly test: TestRunner
}

/**
 * Tests that an engine keeps the promises of the port. Each case gets an engine of its own.
 *
 * @example
 * testEngine('my engine', () => createMyEngine(), { test: { describe, it } })
 */
export function testEngine(
  name: string,
  create: () => StepEngine | Promise<StepEngine>,
  options: TestEngineOptions,
): void {
  checkOptions('testEngine', options, { ...members, test: testRunner })
  const { test, ...casesOptions } = options
  register(name, engineCases(create, casesOptions), test)
}

const context: Shape = { open: true, members: {}, wanted: 'members of a context' }
const members: MembersOf<EngineCasesOptions> = {
  'context?': context,
  'scenarios?': { members: { 'slow?': context, 'failing?': context, 'proposing?': context } },
  'deterministic?': 'flag',
  'skip?': skips,
  'timeoutMs?': 'milliseconds',
  'graceMs?': 'milliseconds',
}

/** The cases of {@link testEngine}, for a runner of another kind. Throws for an unknown option or skip. */
export function engineCases(
  create: () => StepEngine | Promise<StepEngine>,
  options: EngineCasesOptions = {},
): readonly ConformanceCase<EngineCaseId>[] {
  checkOptions('engineCases', options, members)
  if (typeof create !== 'function') throw new Error('engineCases needs a function that makes an engine')
  const { context: base = {}, scenarios = {}, timeoutMs = 60_000, graceMs = 5_000 } = options
  const makeContext: EngineKit['context'] = (overrides) => createStepContext({ ...base, ...overrides })
  const cases = Object.entries<EngineCase>(allCases).map(([id, one]) => {
    const skipped = missing(one, options)
    return {
      // Object.entries forgets which keys it was given.
      id: id as EngineCaseId,
      title: one.title,
      ...(skipped === undefined ? {} : { skipped }),
      async run() {
        const engine = await create()
        try {
          await one.run({ engine, scenarios, timeoutMs, graceMs, context: makeContext })
        } finally {
          await engine.dispose?.()
        }
      },
    }
  })
  return withSkips(cases, options.skip)
}

function missing(
  { needs }: EngineCase,
  { scenarios, deterministic = false }: EngineCasesOptions,
): string | undefined {
  if (needs === undefined) return undefined
  if (needs === 'deterministic')
    return deterministic ? undefined : 'the engine is not said to be deterministic'
  return scenarios?.[needs] === undefined ? `no scenario "${needs}" is given` : undefined
}
