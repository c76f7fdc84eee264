import { type DurableEvent, type RunStorage, SwarmError } from '@batonjs/core'
import { collect } from '../collect.ts'
import { checkJournal } from '../journal/check-journal.ts'
import { difference, within } from '../suite/expect.ts'
import { type CrashStorage, crashStorage } from './crash-storage.ts'
import type { CrashMode, CrashPlan } from './fate.ts'
import { outcomeOf } from './outcome.ts'

/** A run that must survive a crash at every one of its writes. */
export interface CrashTest {
  /** Makes an empty storage, for each trial its own. */
  readonly storage: () => RunStorage | Promise<RunStorage>
  /** Begins the run and waits for its end, as a new process would: nothing is shared but the storage. */
  readonly run: (storage: RunStorage) => Promise<unknown>
  /** Goes on with the run and waits for its end, as a new process would. */
  readonly resume: (storage: RunStorage, runId: string) => Promise<unknown>
  /** What must be the same whether or not the run crashed. @default status, output, and how each step ended */
  readonly outcome?: (events: readonly DurableEvent[]) => unknown
  /** @default all four */
  readonly modes?: readonly CrashMode[]
  /** Which writes are tried. @default 'all' */
  readonly writes?: NonNullable<CrashPlan['writes']>
  /** Writes at which the first resume is killed in turn, before a second one. @default none */
  readonly again?: readonly number[]
  /** Longest time of one run or resume in milliseconds. @default 10_000 */
  readonly timeoutMs?: number
}

/** What {@link testCrashes} did. */
export interface CrashReport {
  /** Writes of the run that was not crashed. */
  readonly writes: number
  readonly trials: number
  /** Trials in which the run was there to be resumed. */
  readonly resumed: number
  /** Trials that ended before the planned write, since side by side steps may write less often. */
  readonly unreached: number
}

const ALL_MODES: readonly CrashMode[] = ['kill_before', 'kill_after', 'fail_before', 'fail_after']

/**
 * Runs once undisturbed, then once for each write and each way to crash at it, and resumes. Throws with
 * every broken promise: the same outcome, no finished step repeated, a sound journal at the crash and at
 * the end, and what was recorded before the crash still there.
 *
 * @example
 * const orchestrator = (storage: RunStorage) => createOrchestrator({ flows, engines: [createStubEngine()], storage })
 * await testCrashes({
 *   storage: createMemoryStorage,
 *   run: (storage) => orchestrator(storage).execute(),
 *   resume: (storage, runId) => orchestrator(storage).resume(runId),
 * })
 */
export async function testCrashes(test: CrashTest): Promise<CrashReport> {
  const { modes = ALL_MODES, again = [] } = test
  const expected = await runUndisturbed(test)
  const plans = modes.flatMap((mode) => upTo(expected.writes).map((at) => ({ at, mode })))
  const kills = [undefined, ...again]
  const failures: string[] = []
  let resumed = 0
  let unreached = 0
  for (const plan of plans) {
    for (const second of kills) {
      const trial = await tryPlan(test, { ...plan, writes: test.writes ?? 'all' }, second)
      const problems = [...trial.problems, ...problemsAtEnd(test, trial.events, expected.outcome)]
      if (trial.wasResumed) resumed++
      if (!trial.wasStruck) unreached++
      const where = `${plan.mode} at write ${plan.at}${second === undefined ? '' : `, killed again at ${second}`}`
      failures.push(...problems.map((problem) => `${where}: ${problem}`))
    }
  }
  const trials = plans.length * kills.length
  if (failures.length > 0)
    throw new Error(`${failures.length} promises are broken in ${trials} trials:\n${failures.join('\n')}`)
  return { writes: expected.writes, trials, resumed, unreached }
}

function upTo(count: number): number[] {
  return Array.from({ length: count }, (_, index) => index + 1)
}

async function runUndisturbed(test: CrashTest) {
  const storage = await test.storage()
  const counting = crashStorage(storage, { writes: test.writes ?? 'all' })
  await inTime(test, test.run(counting), 'The undisturbed run')
  const events = await read(storage, counting.runIds)
  const problems = checkJournal(events)
  if (!isOver(events)) problems.push('it does not end with run_completed')
  if (problems.length > 0) throw new Error(`The undisturbed run is unsound:\n${problems.join('\n')}`)
  return { writes: counting.writes, outcome: (test.outcome ?? outcomeOf)(events) }
}

interface Trial {
  readonly problems: readonly string[]
  readonly events: readonly DurableEvent[]
  readonly wasStruck: boolean
  readonly wasResumed: boolean
}

async function tryPlan(test: CrashTest, plan: CrashPlan, second: number | undefined): Promise<Trial> {
  const storage = await test.storage()
  const crash = crashStorage(storage, plan)
  const problems = await untilCrashed(test, crash, test.run(crash))
  const before = await read(storage, crash.runIds)
  problems.push(...checkJournal(before).map((problem) => `at the crash: ${problem}`))
  if (second !== undefined && isUnfinished(before)) {
    const again = crashStorage(storage, { at: second, mode: 'kill_after', writes: plan.writes ?? 'all' })
    problems.push(...(await untilCrashed(test, again, test.resume(again, idOf(before)))))
  }
  const wasResumed = isUnfinished(await read(storage, crash.runIds))
  const finished = await finish(test, storage, crash.runIds)
  problems.push(...finished.problems)
  const changed = difference(
    finished.events.slice(0, before.length),
    before,
    'the journal of before the crash',
  )
  if (changed !== undefined) problems.push(changed)
  return { problems, events: finished.events, wasStruck: crash.struck, wasResumed }
}

/** Waits until the process is dead, or its run has ended: well, or with the failure of the storage. */
async function untilCrashed(
  test: CrashTest,
  crash: CrashStorage,
  running: Promise<unknown>,
): Promise<string[]> {
  const ended = running.then(() => claimProblems(crash), failureProblems)
  const died = crash.died.then(() => [])
  return inTime(test, Promise.race([ended, died]), 'The crashing run').catch(told)
}

async function claimProblems(crash: CrashStorage): Promise<string[]> {
  const isHonest = !isUnfinished(await read(crash, crash.runIds))
  return isHonest ? [] : ['the run claims to have ended, and its journal does not']
}

function failureProblems(thrown: unknown): string[] {
  return SwarmError.is(thrown) ? [] : [`the run throws ${String(thrown)}, which is no SwarmError`]
}

/** Brings a run to its end on the sound storage: from the beginning when the crash left nothing of it. */
async function finish(test: CrashTest, storage: RunStorage, runIds: readonly string[]) {
  const left = await read(storage, runIds)
  if (isOver(left)) return { problems: [], events: left }
  const sound = crashStorage(storage)
  const finishing = left.length === 0 ? test.run(sound) : test.resume(sound, idOf(left))
  const problems = await inTime(test, finishing, 'The resumed run').then(() => [], told)
  return { problems, events: await read(storage, [...runIds, ...sound.runIds]) }
}

function problemsAtEnd(test: CrashTest, events: readonly DurableEvent[], expected: unknown): string[] {
  const problems = checkJournal(events)
  if (!isOver(events)) problems.push('the run does not end with run_completed')
  const found = difference((test.outcome ?? outcomeOf)(events), expected, 'the outcome')
  return found === undefined ? problems : [...problems, found]
}

/** The journal of the last of these runs that came to be; empty when none did. */
async function read(storage: RunStorage, runIds: readonly string[]): Promise<readonly DurableEvent[]> {
  for (const runId of runIds.toReversed()) {
    const events = await collect(storage.readEvents(runId)).catch(ifUnknown)
    if (events.length > 0) return events
  }
  return []
}

function ifUnknown(thrown: unknown): DurableEvent[] {
  if (SwarmError.is(thrown) && thrown.code === 'run_not_found') return []
  throw thrown
}

function idOf(events: readonly DurableEvent[]): string {
  return events[0]?.runId ?? ''
}

function isOver(events: readonly DurableEvent[]): boolean {
  return events.at(-1)?.type === 'run_completed'
}

function isUnfinished(events: readonly DurableEvent[]): boolean {
  return events.length > 0 && !isOver(events)
}

function inTime<T>(test: CrashTest, promise: Promise<T>, what: string): Promise<T> {
  return within(test.timeoutMs ?? 10_000, promise, what)
}

function told(thrown: unknown): string[] {
  return [thrown instanceof Error ? thrown.message : String(thrown)]
}
