import {
  checkOptions,
  type EngineEvent,
  type MembersOf,
  type Shape,
  type StepContext,
  type StepEngine,
  type StepResult,
  systemClock,
  toPlainError,
} from '@batonjs/core'
import { createRepairCounter, type RepairCounter } from '../repair-counter.ts'
import type { StubClock } from '../stub-clock.ts'
import { addressOf, formatAddress } from './address.ts'
import { askedBy, type Normalize } from './asked.ts'
import { type CassetteFolder, openCassetteFolder } from './cassette-folder.ts'
import { CASSETTE_FORMAT, type Cassette } from './format.ts'
import { maskOf } from './mask.ts'
import { createNotingContext } from './noting-context.ts'
import { Recording } from './recording.ts'

/** How calls are recorded. */
export interface RecordEngineOptions {
  /**
   * Makes the prompts of different runs the same, before they are kept and compared: takes out a date, a name by
   * chance. The workspace and the run's id are taken out anyway. Give the same to {@link createReplayEngine}.
   * @default the prompt as it is
   */
  readonly normalize?: Normalize
  /**
   * Values that never stand in a cassette, beside the secrets of the engine. What the host gives the orchestrator as
   * `secrets` has to be said here again: a recording is made before the orchestrator takes secrets out. @default none
   */
  readonly secrets?: readonly string[]
  /** What the time between events is measured by. @default the time of the machine */
  readonly clock?: StubClock
}

export const clockShape: Shape = { open: true, members: { now: 'function', setTimer: 'function' } }

const OPTIONS: MembersOf<RecordEngineOptions> = {
  'normalize?': 'function',
  'secrets?': { listOf: 'text' },
  'clock?': clockShape,
}

/**
 * Makes an engine that does what another one does and keeps each call in a folder, a file for each. A call that is
 * recorded again takes the place of what was there. Its own failures are `cassette_unwritable`. Throws
 * `options_invalid`.
 *
 * @example
 * const engine = recordEngine(createStubEngine(), 'test/cassettes/review')
 */
export function recordEngine(
  engine: StepEngine,
  folder: string,
  options: RecordEngineOptions = {},
): StepEngine {
  checkOptions('recordEngine', { engine, folder }, { engine: engineShape, folder: 'text' }, 'given')
  checkOptions('recordEngine', options, OPTIONS)
  const recorder = { engine, folder: openCassetteFolder(folder), options }
  const countRepair = createRepairCounter()
  return inThePlaceOf(engine, (context) => recordCall(recorder, context, countRepair))
}

export const engineShape: Shape = {
  open: true,
  members: { id: 'text', runStep: 'function' },
  wanted: 'an engine',
}

/** An engine and where its calls are kept. */
export interface Recorder {
  readonly engine: StepEngine
  readonly folder: CassetteFolder
  readonly options: RecordEngineOptions
}

/** An engine that says of itself what another one says, also what that learns late: its version, a key. */
function inThePlaceOf(engine: StepEngine, runStep: StepEngine['runStep']): StepEngine {
  const own: StepEngine = {
    specVersion: 1,
    id: engine.id,
    runStep,
    probe: async () => (await engine.probe?.()) ?? { available: true },
    dispose: async () => await engine.dispose?.(),
  }
  const told = ['version', 'mode', 'provider', 'account', 'tellsCost', 'secrets'] as const
  for (const name of told) Object.defineProperty(own, name, { enumerable: true, get: () => engine[name] })
  return own
}

function identityOf({ id, version, mode, provider }: StepEngine) {
  return {
    id,
    ...(version === undefined ? {} : { version }),
    ...(mode === undefined ? {} : { mode }),
    ...(provider === undefined ? {} : { provider }),
  }
}

/** Makes a call and keeps it. */
export async function* recordCall(
  recorder: Recorder,
  context: StepContext,
  countRepair: RepairCounter,
): AsyncGenerator<EngineEvent, StepResult, void> {
  const { engine, options } = recorder
  const repair = countRepair(context)
  const recording = new Recording(options.clock ?? systemClock)
  // A call that was cut off ends in a way that says nothing of the engine.
  const isCutOff = (): boolean => context.signal.aborted
  try {
    const result = yield* follow(engine.runStep(createNotingContext(context, recording)), recording)
    if (!isCutOff() || result?.status === 'succeeded') recording.end({ kind: 'result', result })
    return result
  } catch (thrown) {
    if (!isCutOff()) recording.end({ kind: 'error', error: toPlainError(thrown) })
    throw thrown
  } finally {
    await keep(recorder, context, { repair, recording })
  }
}

/** Hands over what a call yields, and ends it when its reader leaves. */
async function* follow(
  call: ReturnType<StepEngine['runStep']>,
  recording: Recording,
): AsyncGenerator<EngineEvent, StepResult, void> {
  let isOver = false
  try {
    for (;;) {
      const step = await call.next()
      isOver = step.done === true
      if (step.done === true) return step.value
      recording.event(step.value)
      yield step.value
    }
  } finally {
    if (!isOver) await call.return({ status: 'failed', output: '' })
  }
}

async function keep(
  { engine, folder, options }: Recorder,
  context: StepContext,
  { repair, recording }: { readonly repair: number; readonly recording: Recording },
): Promise<void> {
  const mask = maskOf(context, [...(engine.secrets ?? []), ...(options.secrets ?? [])])
  const { prompt, ...asked } = askedBy(context, mask, options.normalize)
  const address = addressOf(context, repair)
  const { id, ...identity } = identityOf(engine)
  const call: Cassette['call'] = {
    cassette: CASSETTE_FORMAT,
    address: formatAddress(address),
    engine: id,
    ...identity,
    ...asked,
  }
  await folder.keep(address, { call, prompt, ...recording.done(mask) })
}
