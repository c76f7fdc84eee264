import {
  type DurableEvent,
  type ReadEventsOptions,
  type RunInput,
  type RunStorage,
  type RunWriter,
  SwarmError,
} from '@batonjs/core'
import { collect } from '../collect.ts'
import { expectEqual, expectRejects, fail, within } from '../suite/expect.ts'
import { createSampleJournal, type SampleJournal } from './sample-journal.ts'

/** A storage to be tested, and what else the kit may do with it. */
export interface StorageUnderTest {
  /** Empty. */
  readonly storage: RunStorage
  /** Opens the same runs anew, as another process would. @default the storage itself */
  another?(): RunStorage | Promise<RunStorage>
  /** Called after each case, when every storage is disposed of. */
  cleanUp?(): Promise<void>
}

/** One storage under test and the means to use it. */
export interface StorageKit {
  readonly storage: RunStorage
  /** A second handle on the same runs. */
  readonly other: RunStorage
  /** Takes the lock of a run away from its writer. */
  readonly loseLock: (runId: string) => Promise<void>
  readonly timeoutMs: number
}

/** One promise of a storage. */
export interface StorageCase {
  readonly title: string
  /** What the adapter must offer for this case. */
  readonly needs?: 'loseLock'
  run(kit: StorageKit): Promise<void>
}

/** A run that was begun: its journal and its writer. */
export interface BegunRun {
  readonly journal: SampleJournal
  readonly writer: RunWriter
}

const RUN_ID = 'run-20260102-030405-abc123'

/** Creates a run of two events. */
export async function beginRun(
  { storage }: Pick<StorageKit, 'storage'>,
  runId = RUN_ID,
  age = 0,
): Promise<BegunRun> {
  const journal = createSampleJournal(runId, age)
  return { journal, writer: await storage.createRun(journal.begin()) }
}

/** Creates a run and lets go of it. */
export async function leaveRun(
  kit: Pick<StorageKit, 'storage'>,
  runId = RUN_ID,
  age = 0,
): Promise<SampleJournal> {
  const { journal, writer } = await beginRun(kit, runId, age)
  await writer.close()
  return journal
}

/** Reads events to the end of the stream, in time. */
export function readAll(
  kit: StorageKit,
  runId: string,
  options?: ReadEventsOptions,
): Promise<DurableEvent[]> {
  return within(kit.timeoutMs, collect(kit.storage.readEvents(runId, options)), 'readEvents()')
}

/** Fails unless every handle reads exactly these events. */
export async function expectStored(
  kit: StorageKit,
  runId: string,
  events: readonly DurableEvent[],
): Promise<void> {
  expectEqual(await readAll(kit, runId), events, 'the events read back')
  expectEqual(
    await readAll({ ...kit, storage: kit.other }, runId),
    events,
    'the events read back by another handle',
  )
}

/** Fails unless the promise rejects with a Baton error of one of the codes; gives it. */
export async function expectCode(
  promise: Promise<unknown>,
  codes: readonly string[],
  what: string,
): Promise<SwarmError> {
  const thrown = await expectRejects(promise, what)
  if (SwarmError.is(thrown) && codes.includes(thrown.code)) return thrown
  const found = SwarmError.is(thrown) ? `"${thrown.code}"` : `${String(thrown)}, which is no SwarmError`
  return fail(`${what} fails with ${found} instead of ${codes.join(' or ')}`)
}

/** Fails unless the promise rejects with a Baton error, whatever its code. */
export async function expectRefused(promise: Promise<unknown>, what: string): Promise<void> {
  const thrown = await expectRejects(promise, what)
  if (!SwarmError.is(thrown)) fail(`${what} fails with ${String(thrown)}, which is no SwarmError`)
}

/** An answer from outside. */
export function answerInput(inputId: string): RunInput {
  const requestId = 'sample#1/sign#1:1'
  return {
    kind: 'answer',
    inputId,
    submittedAt: 1_767_323_045_000,
    requestId,
    answer: { approved: true },
    by: 'ada',
  }
}

/** Takes that many inputs of a writer, in time. */
export async function takeInputs(kit: StorageKit, writer: RunWriter, count: number): Promise<RunInput[]> {
  const controller = new AbortController()
  const taken: RunInput[] = []
  const reading = (async () => {
    for await (const input of writer.inputs(controller.signal)) {
      taken.push(input)
      if (taken.length === count) break
    }
  })()
  await within(kit.timeoutMs, reading, `The ${count} inputs that wait`).finally(() => controller.abort())
  return taken
}

/** The ids of inputs. */
export function idsOf(inputs: readonly RunInput[]): string[] {
  return inputs.map(({ inputId }) => inputId)
}
