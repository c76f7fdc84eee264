/**
 * A simulated run as plain data: what flows there are, what their steps do, what people answer and what
 * goes wrong. It survives JSON, so that a failing one can be shrunk and kept.
 */
import type { Budget } from '../../src/flow/budget.ts'
import type { MapItemStep, MapStep, StepDefinition } from '../../src/flow/definition.ts'
import type { FlowInput } from '../../src/flow/flow.ts'
import type { JsonObject, JsonValue } from '../../src/flow/json.ts'
import type { QuotaPolicy, RunRequest, SlotPolicy } from '../../src/orchestrator/options.ts'

/** Engines that a simulated host has. */
export const ENGINES = ['one', 'two'] as const

/** Everything that is drawn for one seed. */
export interface Scenario {
  readonly flows: readonly PlannedFlow[]
  /** By `flow/step`. */
  readonly behaviours: Readonly<Record<string, Behaviour>>
  readonly request: Pick<
    RunRequest,
    'flows' | 'follow' | 'params' | 'startStep' | 'endStep' | 'limits' | 'engine' | 'budget'
  >
  readonly host: PlannedHost
  /** What goes wrong in the run that is disturbed. */
  readonly faults: readonly Fault[]
}

/** A flow without the code of its function steps: every one of them plays its behaviour. */
export type PlannedFlow = Omit<FlowInput, 'steps'> & { readonly steps: readonly PlannedStep[] }

/** A step as data. */
export type PlannedStep = Exclude<StepDefinition, MapStep> | PlannedMap

/** A map as data. */
export type PlannedMap = Omit<MapStep, 'step'> & { readonly step: PlannedItem }

/** The step of a map as data. */
export type PlannedItem = WithoutId<MapItemStep>

type WithoutId<T> = T extends unknown ? Omit<T, 'id'> : never

/** How the host is set up. */
export interface PlannedHost {
  readonly slots?: SlotPolicy
  /** Whether an append can take its time, so that things happen meanwhile. */
  readonly slowDisk: boolean
  /** Whether time may pass while calls could still end. */
  readonly eager: boolean
  /** How the run is begun. */
  readonly door: 'start' | 'execute' | 'stream'
  /** Whose quota an engine uses up; by default its own. */
  readonly accounts?: Readonly<Record<string, string>>
  /** Engines that tell no price. */
  readonly priceless?: readonly string[]
  readonly quota?: QuotaPolicy
  /** What a resume gives each time that a budget has ended the run; it stays ended after the last of them. */
  readonly raises?: readonly Budget[]
}

/** What a step does, in every one of its executions. */
export interface Behaviour {
  /** How often its call lets others go first. */
  readonly pauses: number
  readonly gives: 'words' | 'data' | 'list' | 'long' | 'nothing'
  /** What a list holds. */
  readonly list: readonly JsonValue[]
  /** Whether each iteration gives something else. */
  readonly changes: boolean
  /** Verdicts by iteration; the last one holds on, `null` is none. */
  readonly verdicts: readonly (string | null)[]
  /** From this iteration on it says that another one cannot help. */
  readonly helplessFrom?: number
  readonly trouble?: Trouble
  /** What its call takes; left out, nobody asks. */
  readonly bill?: Bill
  readonly sayings: readonly Saying[]
  /** What its call asks people, one after the other. */
  readonly asks: readonly Ask[]
  /** What people answer, for a step that is nothing but a request. */
  readonly answer: Answer
  /** Whether its checks pass. */
  readonly passes: boolean
}

/** What a call takes, and what it tells of it. */
export interface Bill {
  readonly tells: 'both' | 'usage' | 'cost' | 'nothing'
  /** In events while it works, with its result, or in both: then the result tells as much again. */
  readonly when: 'working' | 'ending' | 'both'
  /** A fraction that has no error in binary. */
  readonly costUsd: number
  readonly tokens: number
}

/** What goes wrong inside a call. */
export interface Trouble {
  readonly how:
    | 'throw'
    | 'throw-odd'
    | 'fail'
    | 'retry'
    | 'garbage'
    | 'hang'
    | 'ignore-abort'
    | 'rate-limit'
    | 'quota'
  /** Attempts that it spoils; `always` spoils all. */
  readonly times: number | 'always'
  /** Items that it spoils, of a map. */
  readonly items: 'all' | 'some'
  /** The last iteration that it spoils. @default every one */
  readonly until?: number
  /** When the service says that the quota is there again. */
  readonly retryAfterMs?: number
}

/** What a call says while it works. */
export type Saying =
  | 'chunk'
  | 'message'
  | 'tool'
  | 'usage'
  | 'session'
  | 'files'
  | 'fact'
  | 'custom'
  | 'garbage'

/** A question from inside a call. */
export interface Ask {
  readonly kind: 'approve' | 'ask'
  readonly deadlineMs?: number
  readonly onDeadline: boolean
  /** Uses the approval up with a tool call. */
  readonly acts: boolean
  readonly answer: Answer
}

/** What people do about a request. */
export interface Answer {
  readonly says: 'yes' | 'no' | 'nothing'
  /** From this process, from another one, or by the host's `onRequest`. */
  readonly via: 'respond' | 'submit' | 'host'
  /** What comes before the answer that counts, or with it. */
  readonly nuisances: readonly Nuisance[]
}

/** Answers that do not count. */
export type Nuisance = 'invalid' | 'stranger' | 'unknown' | 'twice' | 'afterwards'

/** Something that goes wrong with the process, its storage, or its run. */
export interface Fault {
  readonly kind: FaultKind
  /** The n-th append, or the n-th turn of the scheduler, counted over all processes of the run. */
  readonly at: number
}

/**
 * `kill-*` ends the process at an append: before it takes effect, after it, or with a part of its events.
 * `fail-*` makes the append fail, in the same three ways. The others happen at a turn of the scheduler.
 */
export type FaultKind =
  | 'kill-before'
  | 'kill-after'
  | 'kill-torn'
  | 'fail-before'
  | 'fail-after'
  | 'fail-torn'
  | 'kill'
  | 'stop'
  | 'pause'
  | 'cancel'
  | 'leave'
  | 'takeover'
  | 'clock-back'
  | 'clock-forward'
  | 'deliver-again'

/** The address of a behaviour. */
export function behaviourKey(flowKey: string, stepId: string): string {
  return `${flowKey}/${stepId}`
}

/** The key of the fact that a step puts. */
export function factKeyOf({
  flowKey,
  stepId,
}: {
  readonly flowKey: string
  readonly stepId: string
}): string {
  return `${flowKey}_${stepId}`
}

/** By so much the clock on the wall is set forward or back. */
export const HOUR_MS = 3_600_000

/** Params of the request, for conditions and maps to read. */
export const PARAMS: JsonObject = { n: 2, word: 'b', list: ['x', 'y', 'z'], flag: true }
