/**
 * A flow as data: what `defineFlow` and `parseFlow` make, what `run_created` stores, and what every
 * decision reads. Fields are documented once, here; YAML spells them in snake_case.
 */
import type { Budget } from './budget.ts'
import type { JsonObject, JsonSchema, JsonValue } from './json.ts'
import type { Routing } from './routing.ts'

/** A validated, frozen flow. Make one with `defineFlow` or `parseFlow`. */
export interface FlowDefinition {
  /** Names the flow among the flows of an orchestrator: `[a-z][a-z0-9_-]*`. */
  readonly key: string
  /** Documentation: shown, in no content key. */
  readonly title?: string
  /** Documentation: shown, in no content key. */
  readonly description?: string
  /** Documentation: the flow's goal, exit criteria and non-goals. @source A1.1 */
  readonly charter?: JsonObject
  /** Documentation: the teaching title and summary. @source A1.1 */
  readonly teaching?: JsonObject
  /** Documentation: what else a source says of the flow, such as version and cross-cutting stations. @source A1.1 */
  readonly notes?: JsonObject
  /** JSON Schema that the request's `params` must match before anything is recorded. */
  readonly params?: JsonSchema
  /** What steps inherit that do not say it themselves. */
  readonly defaults?: FlowDefaults
  readonly limits?: FlowLimits
  /** What all calls of one visit may take together, child flows included (rule B3). @default no bound */
  readonly budget?: Budget
  /** A reference such as `$report.output`. @default the output of the last step that succeeded */
  readonly output?: string
  readonly steps: readonly StepDefinition[]
  /** Where a run that follows macro routing goes after this flow succeeded. */
  readonly onComplete?: FlowTransition
  /** Where it goes after this flow failed. */
  readonly onFailure?: FlowTransition
  /** SHA-256 of everything above except documentation. */
  readonly digest: string
}

/** A macro route: the flow to go to next. */
export interface FlowTransition {
  readonly nextFlow: string
  /** Documentation, repeated in the `macro_route` event. */
  readonly reason?: string
}

/** What the steps of a flow inherit. */
export interface FlowDefaults {
  readonly engine?: string
  readonly model?: string
  readonly retry?: RetryPolicy
  readonly timeoutMs?: number
  readonly idleTimeoutMs?: number
  readonly history?: HistoryPolicy
}

/** Bounds of one visit of a flow, or, on a request, of the run. Each can be raised on resume. */
export interface FlowLimits {
  /** Executions of steps; map items and attempts do not count. @default max(steps × 10, what the loop bounds allow) */
  readonly stepExecutions?: number
  /** Milliseconds from the start of the flow (of the run, on a request), waiting included. @default none */
  readonly durationMs?: number
  /** How deep child flows may nest. Read from the request. @default 3 */
  readonly depth?: number
  /** Flow visits of a run by macro routing. Read from the request. @default 20 */
  readonly flowVisits?: number
  /** Visits of one flow by macro routing. Read from the request. @default 3 */
  readonly visitsPerFlow?: number
}

/** How much history a prompt carries, in characters. @source A7.12 */
export interface HistoryPolicy {
  /** @default 200_000 */
  readonly totalCharacters?: number
  /** Cap of the most recent entry. @default 60_000 */
  readonly recentCharacters?: number
  /** Cap of each older entry. @default 10_000 */
  readonly olderCharacters?: number
  /** How many earlier steps are considered, the nearest first. @default 12 @source A2.1 max_envelopes */
  readonly maxEntries?: number
}

/** When a failed attempt is tried again. Only errors that say `retryable` are. */
export interface RetryPolicy {
  /** Further attempts after the first. @default 2 */
  readonly maxRetries?: number
  /** Delay before the first retry; doubles with each. @default 1_000 */
  readonly delayMs?: number
  /** Upper bound of a delay, also of one that an engine asks for. @default 60_000 */
  readonly maxDelayMs?: number
}

/** One step of a flow. */
export type StepDefinition =
  | AgentStep
  | FunctionStep
  | ApprovalStep
  | QuestionStep
  | FlowStep
  | MapStep
  | WaitStep

/** The seven kinds of steps. */
export type StepKind = StepDefinition['kind']

/** When a step with needs starts (rule F4). @source C1, C2 */
export type TriggerRule = 'all_success' | 'none_failed' | 'one_success' | 'all_done'

/** What every kind of step can say. */
export interface StepPolicy {
  /** `[a-z][a-z0-9_-]*`, unique in the flow. */
  readonly id: string
  /** Documentation. */
  readonly title?: string
  /** Documentation. */
  readonly description?: string
  /** Documentation: highlight and note for people who learn from the run. @source A1.1 */
  readonly teaching?: JsonObject
  /** Documentation: what else a source says of the step, such as its join point. @source A1.1 */
  readonly notes?: JsonObject
  /** Steps that this one depends on. One `needs` anywhere makes the flow a graph (rule F1). */
  readonly needs?: readonly string[]
  /** @default 'all_success' */
  readonly triggerRule?: TriggerRule
  /** With `one_success`: whether slower needs run on or are canceled. @default 'run' */
  readonly losers?: 'run' | 'cancel'
  /** CEL over `steps`, `params`, `facts` (and `item`, `index`); false skips the step. */
  readonly when?: string
  readonly routing?: Routing
  readonly retry?: RetryPolicy
  /** Longest time of one attempt in milliseconds, waiting for people not counted. @default none */
  readonly timeoutMs?: number
  /** Longest silence of an engine in milliseconds. @default none */
  readonly idleTimeoutMs?: number
  readonly verify?: Verification
  /** Of agent, flow and map steps: what one execution may take (rule B3). @default no bound */
  readonly budget?: Budget
  /** The engine's id. @default the flow's, the run's, the orchestrator's */
  readonly engine?: string
  readonly model?: string
  /** A failure of this step does not fail the flow. @default false */
  readonly allowFailure?: boolean
  /** What a rejection does (rule H5). @default 'fail' */
  readonly onReject?: 'fail' | 'skip' | 'stop'
}

/** One engine call. */
export interface AgentStep extends StepPolicy {
  readonly kind: 'agent'
  /** The task, with references such as `$plan.output`. */
  readonly prompt?: string
  /** What the agent is, from the registry dialect. */
  readonly role?: string
  /** What the step is for, from the spec dialect. */
  readonly objective?: string
  /** What is in and out of scope, from the spec dialect. */
  readonly scope?: string
  /** Artifacts to read, from the spec dialect. */
  readonly inputs?: readonly string[]
  /** Artifacts to write, from the spec dialect. */
  readonly outputs?: readonly string[]
  /** Who does the step; the first is the `agentKey` of its events. */
  readonly agents?: readonly string[]
  /** The station, from the spec dialect. @source A2.2 */
  readonly station?: string
  readonly teachingNotes?: TeachingNotes
  /** JSON Schema of the answer; core validates it and asks again. */
  readonly output?: JsonSchema
  /** How often a wrong structured answer is asked again. @default 2 */
  readonly maxRepairs?: number
  readonly history?: HistoryPolicy
}

/** Notes that a prompt carries. @source A1.1 */
export interface TeachingNotes {
  readonly inputs?: readonly string[]
  readonly outputs?: readonly string[]
  readonly emphasizes?: readonly string[]
  readonly constraints?: readonly string[]
}

/** TypeScript that runs in process. Only `defineFlow` makes one; the function itself is not data. */
export interface FunctionStep extends StepPolicy {
  readonly kind: 'function'
  /** Names the behaviour: change it when the code changes, and resume runs the step again. @default '1' */
  readonly version?: string
  /** JSON Schema of the return value. */
  readonly output?: JsonSchema
}

/** What the three kinds that wait for somebody outside have in common. */
export interface RequestPolicy {
  /** Milliseconds after which the default answer is taken. @default none */
  readonly deadlineMs?: number
  /** Who may answer, matched with the answer's `by`. @default anyone */
  readonly answerers?: readonly string[]
}

/** A human approves or rejects exactly what is shown. */
export interface ApprovalStep extends StepPolicy, RequestPolicy {
  readonly kind: 'approval'
  /** What is shown, with references. */
  readonly prompt: string
  /** What the deadline decides. @default 'reject' */
  readonly onDeadline?: 'approve' | 'reject'
}

/** A human answers typed questions. */
export interface QuestionStep extends StepPolicy, RequestPolicy {
  readonly kind: 'question'
  /** Why it is asked, with references. */
  readonly prompt?: string
  readonly questions: readonly Question[]
  /** The answers that the deadline gives; without them the step fails with `request_expired`. */
  readonly onDeadline?: JsonObject
}

/** One typed question. */
export interface Question {
  /** Key of the answer. */
  readonly id: string
  readonly text: string
  /** Quick replies; the answer must be one of them when `schema` is left out. */
  readonly options?: readonly string[]
  /** JSON Schema of the answer. @default a string */
  readonly schema?: JsonSchema
}

/** Runs another flow as a child. */
export interface FlowStep extends StepPolicy {
  readonly kind: 'flow'
  readonly flow: string
  /** The child's params; strings may hold references. */
  readonly params?: JsonObject
}

/** Runs one step or flow for each item of a list. */
export interface MapStep extends StepPolicy {
  readonly kind: 'map'
  /** A reference (`$list.output.files`) or CEL. */
  readonly items: string
  /** A reference to `$item`, or CEL over `item`, that names each item. @default the digest of the item */
  readonly itemKey?: string
  /** The step for each item; its `id` is the map's. */
  readonly step: MapItemStep
  /** How many items run at once. @default no bound of its own */
  readonly concurrency?: number
  /** @default 1_000 */
  readonly maxItems?: number
  /** What makes the map a success. @default 'all_success' */
  readonly itemRule?: 'all_success' | 'all_done' | 'one_success'
}

/** What a map runs for each item: any kind but another map; edges, checks and forgiveness are the map's. */
export type MapItemStep = AgentStep | FunctionStep | ApprovalStep | QuestionStep | FlowStep | WaitStep

/** Waits for a callback whose payload matches a schema. */
export interface WaitStep extends StepPolicy, RequestPolicy {
  readonly kind: 'wait'
  /** Names the callback, with references; unique among the open ones of a run. */
  readonly correlation: string
  /** JSON Schema of the payload. @default anything */
  readonly schema?: JsonSchema
  /** Milliseconds after which one reminder is recorded. @default none */
  readonly warnAfterMs?: number
  /** The payload that the deadline gives; without it the step fails with `request_expired`. */
  readonly onDeadline?: JsonValue
}

/** Checks that run after a step (rule L7). @source A2.2 verify */
export interface Verification {
  /** Artifacts of the flow visit that must exist. */
  readonly artifacts?: readonly string[]
  readonly commands?: readonly VerificationCommand[]
  /** The verdict that a failed check sets. @default 'UNVERIFIED' */
  readonly gateStatusOnFail?: 'UNVERIFIED' | 'BLOCKED'
}

/** A command that must succeed. It is run by the host's check runner, never by core. */
export interface VerificationCommand {
  readonly command: string
  /** Regular expression, case-insensitive, that the output must match as well. */
  readonly successPattern?: string
  /** @default 60_000 */
  readonly timeoutMs?: number
}
