import {
  checkOptions,
  EngineError,
  type EngineEvent,
  type MembersOf,
  type StepContext,
  type StepEngine,
  type StepResult,
  systemClock,
} from '@batonjs/core'
import { createRepairCounter, type RepairCounter } from '../repair-counter.ts'
import type { StubClock } from '../stub-clock.ts'
import { addressOf, formatAddress } from './address.ts'
import { askedBy, differenceFrom, type Normalize } from './asked.ts'
import { type CassetteFolder, openCassetteFolder } from './cassette-folder.ts'
import type { Cassette } from './format.ts'
import { maskOf } from './mask.ts'
import { play } from './playback.ts'
import { clockShape, engineShape, type Recorder, recordCall } from './record-engine.ts'

/** An engine that plays recorded calls. */
export interface ReplayEngine extends StepEngine {
  /** The cassettes that no call has played yet, sorted: a test that wants all of them played looks here at its end. */
  unplayed(): Promise<readonly string[]>
}

/** How calls are played. */
export interface ReplayEngineOptions {
  /** The id by which flows name it: that of the recorded engine, where they name that. @default 'replay' */
  readonly id?: string
  /**
   * The real engine: what was not recorded, or asks something else now, is asked of it and recorded. Left out, such
   * a call fails. @default none
   */
  readonly record?: StepEngine | undefined
  /** `recorded`: each event after the time that passed before it then. @default 'at-once' */
  readonly pace?: 'at-once' | 'recorded'
  /** What that time is measured by. @default the time of the machine */
  readonly clock?: StubClock
  /** As it was when the calls were recorded. @default the prompt as it is */
  readonly normalize?: Normalize
  /**
   * Values that never stand in a cassette, beside the secrets of `record`. What the host gives the orchestrator as
   * `secrets` has to be said here again: a recording is made before the orchestrator takes secrets out. @default none
   */
  readonly secrets?: readonly string[]
}

const OPTIONS: MembersOf<ReplayEngineOptions> = {
  'id?': 'text',
  'record?': engineShape,
  'pace?': { oneOf: ['at-once', 'recorded'] },
  'clock?': clockShape,
  'normalize?': 'function',
  'secrets?': { listOf: 'text' },
}

/**
 * Makes an engine that plays the calls of a folder: without a model, a key or a network. A call that asks something
 * else than was recorded fails with `cassette_mismatch` and the difference, one that was not recorded with
 * `cassette_missing`, a file that cannot be read with `cassette_invalid`. Throws `options_invalid`.
 *
 * @example
 * const record = process.env.RECORD === undefined ? undefined : createMyEngine()
 * const engine = createReplayEngine('test/cassettes/review', { record })
 */
export function createReplayEngine(folder: string, options: ReplayEngineOptions = {}): ReplayEngine {
  checkOptions('createReplayEngine', { folder }, { folder: 'text' }, 'given')
  checkOptions('createReplayEngine', options, OPTIONS)
  const { id = 'replay', record, normalize, secrets, clock } = options
  const kept = openCassetteFolder(folder)
  const recording = {
    ...(normalize === undefined ? {} : { normalize }),
    ...(secrets === undefined ? {} : { secrets }),
    ...(clock === undefined ? {} : { clock }),
  }
  const player: Player = {
    folder: kept,
    countRepair: createRepairCounter(),
    recorder: record === undefined ? undefined : { engine: record, folder: kept, options: recording },
    played: new Set(),
    options,
  }
  return {
    specVersion: 1,
    id,
    mode: 'replay',
    get secrets() {
      return record?.secrets ?? []
    },
    runStep: (context) => replayCall(player, context),
    async unplayed() {
      return (await player.folder.list()).filter((path) => !player.played.has(path))
    },
    probe: () => probe(player, folder),
    dispose: async () => await record?.dispose?.(),
  }
}

interface Player {
  readonly folder: CassetteFolder
  readonly countRepair: RepairCounter
  readonly recorder: Recorder | undefined
  readonly played: Set<string>
  readonly options: ReplayEngineOptions
}

async function probe({ folder, recorder }: Player, root: string) {
  const count = (await folder.list()).length
  if (count > 0) return { available: true, message: `${count} calls are recorded in ${root}` }
  if (recorder !== undefined) return (await recorder.engine.probe?.()) ?? { available: true }
  return { available: false, message: `No call is recorded in ${root}. Record some with recordEngine.` }
}

async function* replayCall(
  player: Player,
  context: StepContext,
): AsyncGenerator<EngineEvent, StepResult, void> {
  const { folder, recorder, options, played } = player
  const repair = player.countRepair(context)
  const address = addressOf(context, repair)
  const found = await folder.find(address)
  const flaw = found === undefined ? undefined : flawOf(player, context, found)
  if (found !== undefined && flaw === undefined) {
    played.add(found.path)
    const { pace, clock = systemClock } = options
    return yield* play({ ...found, context, clock, isPaced: pace === 'recorded' })
  }
  if (recorder === undefined) throw flaw ?? missing(formatAddress(address), folder.pathOf(address))
  played.add(folder.pathOf(address))
  return yield* recordCall(recorder, context, () => repair)
}

function flawOf(
  { options, recorder }: Player,
  context: StepContext,
  { cassette, path }: { readonly cassette: Cassette; readonly path: string },
): EngineError | undefined {
  const secrets = [...(recorder?.engine.secrets ?? []), ...(options.secrets ?? [])]
  const asked = askedBy(context, maskOf(context, secrets), options.normalize)
  const difference = differenceFrom(cassette, asked)
  if (difference === undefined) return undefined
  const { address } = cassette.call
  const message = `Call ${address} asks something else than cassette ${path} has:\n${difference}\nIf that is meant, record the call again.`
  return new EngineError(message, { code: 'cassette_mismatch', details: { address, path, difference } })
}

function missing(address: string, path: string): EngineError {
  const message = `Call ${address} was not recorded: there is no cassette ${path}. Record it: give createReplayEngine { record: <the real engine> }.`
  return new EngineError(message, { code: 'cassette_missing', details: { address, path } })
}
