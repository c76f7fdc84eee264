/**
 * My job: the shape of a run's state, which is a fold over its events and stored nowhere else (law 1).
 * My neighbours: `fold*` change it, `next-action` and `decide-*` read it. Nobody else writes to it.
 *
 * Invariants:
 * 1. Folding the same events gives the same state, field by field.
 * 2. Work per event is O(edges of the step), never O(journal) and never O(flow).
 * 3. `agenda` holds what has become due and is not recorded yet; refolding a journal brings it back.
 */
import type { PlainError } from '../errors/plain-error.ts'
import type { CallBudget, FactEntry, Handoff, Spending, StepOutput, StepScope } from '../events/envelope.ts'
import type { FrameParent } from '../events/flow-events.ts'
import type { RequestEvent } from '../events/request-events.ts'
import type { FlowTransitionRecord, RunManifest, RunResumed } from '../events/run-events.ts'
import type { EngineFallback, MapItem, SkipReason, StepSession } from '../events/step-events.ts'
import type { Budget } from '../flow/budget.ts'
import type { FlowDefinition, FlowLimits, StepDefinition } from '../flow/definition.ts'
import type { FlowGraph, GraphStep } from '../flow/graph.ts'
import type { JsonObject, JsonValue } from '../flow/json.ts'
import type { OpenRequest } from '../storage/run-summary.ts'
import type { Agenda, StartTask } from './agenda.ts'
import type { Balance } from './budget.ts'
import type { EdgeCounts } from './edge-counts.ts'
import type { Tally } from './tally.ts'

/** Everything that a run's decisions depend on. */
export interface RunState {
  readonly runId: string
  readonly manifest: RunManifest
  readonly createdAt: string
  /** The manifest's limits with what a resume has raised. */
  limits: FlowLimits
  /** The manifest's budget with what a resume has raised. */
  budget: Budget | undefined
  readonly balance: Balance
  isBudgeted: boolean
  readonly flows: Map<string, FlowDefinition>
  lastSeq: number
  updatedAt: string
  control: RunControl
  /** Who asked for the pause or the stop, and why. */
  controlBy: { readonly by: string; readonly reason: string } | undefined
  /** What the last resume went on from. */
  resumedFrom: RunResumed['resumedFrom'] | undefined
  final: FinalStatus | undefined
  /** Why the run ended as it did, when it was not by a step. */
  error: PlainError | undefined
  /** The run's own `limits.durationMs` is over, or its budget is used up: no other flow follows until a resume. */
  isOverLimit: boolean
  /** The flow that would have come next. */
  nextFlow: string | undefined
  readonly frames: Map<string, FrameState>
  /** Visits of each flow so far, children included. */
  readonly visits: Map<string, number>
  readonly journey: Journey
  readonly requests: Map<string, RequestState>
  /** Requests that wait for somebody. */
  readonly open: Map<string, RequestState>
  readonly facts: Map<string, FactEntry[]>
  factVersion: number
  /** When calls on an account begin again whose quota was used up, in milliseconds since the epoch. */
  readonly quotas: Map<string, number>
  readonly tally: Tally
  /**
   * What a crash now would cut off: calls between their start and their end, and other executions whose
   * start is recorded, but not yet the request, the items or the visit that they begin with.
   */
  readonly calls: Set<Execution>
  readonly agenda: Agenda
  /** Ids of inputs that were acknowledged by an event. */
  readonly inputs: Set<string>
}

/** What the owner was last told to do. */
export type RunControl = 'created' | 'running' | 'pausing' | 'paused' | 'stopping' | 'stopped'

/** How a run can end. */
export type FinalStatus = 'succeeded' | 'partial' | 'failed' | 'canceled'

/** The way of a run from flow to flow (rule V2). */
export interface Journey {
  /** Place in the manifest's list of the flow that is visited; unchanged beside the list. */
  position: number
  /** The visit that goes on. */
  frame: FrameState | undefined
  /** Visits by macro routing of each flow, and in all. */
  readonly visited: Map<string, number>
  total: number
  /** Status of the last visit of each flow. */
  readonly outcomes: Map<string, FlowOutcome>
  readonly history: FlowTransitionRecord[]
  /** The flow that a `macro_route` chose and that has not begun. */
  due: string | undefined
}

/** How a visit ended. */
export type FlowOutcome = 'succeeded' | 'partial' | 'failed'

/** One visit of a flow. */
export interface FrameState {
  readonly runId: string
  readonly id: string
  readonly flowKey: string
  readonly visit: number
  graph: FlowGraph
  readonly params: JsonObject
  readonly parent: FrameParent | undefined
  readonly depth: number
  /** 1-based place in the run's list of visits. */
  readonly index: number | undefined
  steps: StepState[]
  /** What each edge has said to its target: an `EDGE`. */
  decided: Uint8Array
  settled: number
  /** Step executions so far (rule X2). */
  executions: number
  /** Re-arms of each loop since it was last entered. */
  readonly loops: Map<string, LoopState>
  /** Why nothing new starts any more. */
  closing: SkipReason | undefined
  /** Why the flow fails whatever its steps say. */
  error: PlainError | undefined
  outcome: FlowOutcome | undefined
  result: StepOutput | undefined
  /** Decision steps that wait until no body step runs (rule L3). */
  readonly waitingRearms: Set<StepState>
  /** Steps whose latest output lies in artifacts. */
  readonly spilled: Set<StepState>
  /** Steps that `startStep` and `endStep` leave out; what follows them does not wait for them. */
  readonly outside: Set<StepState>
  /** Steps that a navigator has put in (rule N1), which an edit of the flow keeps. */
  readonly injected: InjectedStep[]
  /** What is gone of its budget, when it has one. */
  balance: Balance | undefined
}

/** A step that stands in one visit only, right after another. */
export interface InjectedStep {
  readonly node: StepDefinition
  readonly after: string
}

/** A loop's counter and the evidence of its last iteration. */
export interface LoopState {
  readonly count: number
  readonly evidence: string | undefined
  /** How many times in a row the evidence did not change. */
  readonly same: number
}

/**
 * Where an execution stands. `ready`: its edges allow it to start. `retrying`: between two attempts.
 * `ended`: it succeeded, and its verification or routing is due.
 */
export type ExecutionStatus =
  | 'pending'
  | 'ready'
  | 'running'
  | 'retrying'
  | 'ended'
  | 'succeeded'
  | 'failed'
  | 'skipped'

/** One execution of a step, or of a map's step for one item. */
export interface Execution {
  readonly frame: FrameState
  readonly step: StepState
  /** Key and value of the map item; the map's own execution has none. */
  readonly item: ItemPlace | undefined
  status: ExecutionStatus
  iteration: number
  attempt: number
  interruptions: number
  retries: number
  /** Content key of the last start. */
  contentKey: string | undefined
  engine: string | undefined
  model: string | undefined
  inputDigests: Readonly<Record<string, string>> | undefined
  /** The engine's latest session, or where it lies. */
  session: StepSession | undefined
  /** Content key of the attempt that told it: a session is about one content. */
  sessionKey: string | undefined
  /** The latest that succeeded, of whatever iteration (rule T1). */
  result: ExecutionResult | undefined
  error: PlainError | undefined
  skipReason: SkipReason | undefined
  retryAt: number | undefined
  /** Requests made by this iteration, oldest first. */
  requests: RequestState[]
  /** The child flow of a `flow` step. */
  child: FrameState | undefined
  /** One line for each change of a file by this attempt. */
  fileChanges: string[] | undefined
  /** The scope of the attempt's events, made once. */
  scope: StepScope | undefined
  fallback: EngineFallback | undefined
  /** What the attempt that runs had told of what it used when it last asked somebody. */
  told: Spending | undefined
  /** What the attempt that runs has reserved. */
  reserved: CallBudget | undefined
  /** What is gone of the budget of this iteration, when it has one. */
  balance: Balance | undefined
  /** The task that starts it: those before it are void. */
  start: StartTask | undefined
}

/** A map item's place in its map. */
export interface ItemPlace {
  readonly key: string
  readonly index: number
  readonly value: JsonValue
}

/** What an execution that succeeded gave. */
export interface ExecutionResult {
  readonly iteration: number
  readonly output: StepOutput
  readonly handoff: Handoff | undefined
  readonly evidenceDigest: string
  readonly contentKey: string
  readonly seq: number
}

/** One step of a visit. */
export interface StepState extends Execution {
  place: GraphStep
  /** What the verdict is after verification, when that changed it. */
  gateVerdict: string | undefined
  /** Verification of this iteration: not begun, begun, done. */
  verification: 'none' | 'due' | 'started' | 'done'
  /** The step that this one's routing took. */
  taken: string | undefined
  /** Its loop would have gone round again, but a limit had closed the visit: a resume decides that anew. */
  heldUp: boolean
  /** The need that started it, with `one_success`. */
  winner: string | undefined
  /** The race that it ran for was decided while its check or route was due: its loop is over (rule F5). */
  lost: boolean
  edges: EdgeCounts
  map: MapState | undefined
  /** Attempts of this iteration's items before an edit of the flow asked for them anew, by key. */
  itemAttempts: ReadonlyMap<string, number> | undefined
}

/** The items of a map. */
export interface MapState {
  readonly items: readonly MapItem[]
  readonly executions: Execution[]
  readonly byKey: Map<string, Execution>
  /** Index of the first item that has not been offered a start. */
  next: number
  /** Items that are ready, running or between attempts. */
  active: number
  settled: number
  succeeded: number
}

/** A request to somebody outside. */
export interface RequestState
  extends Omit<OpenRequest, 'answerSchema' | 'deadlineAnswer' | 'questions' | 'action' | 'correlation'> {
  readonly record: Extract<RequestEvent, { readonly answerSchema: unknown }>
  readonly execution: Execution
  status: 'open' | 'answered' | 'defaulted' | 'withdrawn' | 'canceled'
  answer: JsonValue | undefined
  by: string | undefined
  /**
   * The answer is used up (rule H4): by a `tool_start`, by the step that is nothing but the request, or
   * by an attempt that failed for want of one. What asks again asks anew.
   */
  used: boolean
}

/** The definition that an execution runs: the step's, or the item step's of a map. */
export function definitionOf(execution: Execution): StepDefinition {
  const { definition } = execution.step.place
  return definition.kind === 'map' && execution.item !== undefined ? definition.step : definition
}

/** Whether a status is final for an iteration. */
export function isSettled(status: ExecutionStatus): boolean {
  return status === 'succeeded' || status === 'failed' || status === 'skipped'
}

/** Whether an execution is between its start and its settling. */
export function isActive(status: ExecutionStatus): boolean {
  return status === 'ready' || status === 'running' || status === 'retrying' || status === 'ended'
}

/** Whether an execution waits for nothing but its turn. */
export function canStart({ status }: Execution): boolean {
  return status === 'ready' || status === 'retrying'
}
