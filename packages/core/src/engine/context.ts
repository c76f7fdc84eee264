import type { CallBudget, FactEntry, FactInput, Handoff } from '../events/envelope.ts'
import type { SwarmFamilyType } from '../events/open-events.ts'
import type { ProposedActionContent } from '../events/request-events.ts'
import type { Question } from '../flow/definition.ts'
import type { JsonObject, JsonSchema, JsonValue } from '../flow/json.ts'
import type { ArtifactStore } from '../storage/artifact-store.ts'
import type { PermissionLists } from './permissions.ts'

/** Which execution this is, and the tools of the kernel that engines and function steps share. */
export interface ExecutionContext {
  /** The run. */
  readonly runId: string
  /** The flow that is visited. */
  readonly flowKey: string
  /** Its title, when it has one. */
  readonly flowTitle?: string
  /** 1 for the first visit of this flow in the run. */
  readonly visit: number
  /** The step. */
  readonly stepId: string
  /** Key of the map item. */
  readonly item?: string
  /** 1-based place of the step in its flow. @source A4 step_index */
  readonly index: number
  /** How many steps the flow has. */
  readonly total: number
  /** 1, then one more with each re-arm by a loop. */
  readonly iteration: number
  /** 1, then one more with each retry or interruption. */
  readonly attempt: number
  /**
   * The same for every attempt of the same work, another one in another run and after an edit of the
   * step: hand it to whatever can deduplicate.
   */
  readonly idempotencyKey: string
  /** The visit's params. */
  readonly params: JsonObject
  /** Aborts on timeout, stop, cancel and a lost race. Stop at once; core goes on after a grace. */
  readonly signal: AbortSignal
  /** Milliseconds since the epoch at which the attempt times out. */
  readonly deadlineAt?: number
  /** The blackboard of the run. */
  readonly facts: FactBoard
  /** The files of the run. Those that Baton keeps in the folder of a visit can be read; to write one is `path_refused`. */
  readonly artifacts: ArtifactStore
  /**
   * Shows an action to a human and waits for the decision. It survives a restart: the attempt after
   * a crash joins the open request or takes the answer, unless a `tool_start` has used it up (H4).
   */
  approve(action: ProposedActionContent, options?: RequestOptions): Promise<ApprovalAnswer>
  /** Asks a human typed questions and waits for the answers, by question id. */
  ask(questions: readonly Question[], options?: AskOptions): Promise<JsonObject>
  /** Records an event of the swarm family or a `custom` one, at most 16 kB. */
  record(event: RecordableEvent): Promise<void>
}

/** What an engine is given for one call. */
export interface StepContext extends ExecutionContext {
  /** The whole prompt, as core composed it. */
  readonly prompt: string
  /** Its parts, for an engine that has a place for each. */
  readonly promptParts: PromptParts
  readonly agentKey?: string
  readonly model?: string
  /** JSON Schema that `data` must match. */
  readonly outputSchema?: JsonSchema
  /** Folder the agent works in, when the host gave one. */
  readonly workspace?: string
  /** The session that an earlier attempt told, to be continued. */
  readonly session?: JsonValue
  /**
   * What to say in `session` in the place of `prompt`, which that conversation holds already: what was wrong with
   * the answer, or that the work was interrupted. Left out without a session.
   */
  readonly continuation?: string
  /** What `approve` allows and refuses without asking; for an agent that can be told of it beforehand. */
  readonly permissions: PermissionLists
  /** What this call may spend at most (rule B3). Left out: no bound. */
  readonly budget?: CallBudget
  /** Answers that earlier attempts of this execution got, oldest first. */
  readonly answers: readonly RecordedAnswer[]
}

/**
 * The parts of a prompt, each as it stands there: most within a tag of its own, such as `<baton:task>`, so
 * that what an earlier step said cannot pass for a task.
 */
export interface PromptParts {
  /** Who the agent is and what always holds. */
  readonly system: string
  /** What earlier steps said, within the history budget. */
  readonly history: string
  /** The task, references resolved. */
  readonly task: string
  /** How the answer must look: the output schema, or what the routing reads; empty when any text will do. */
  readonly format: string
  /** What was wrong with the answer before; empty unless this is a repair. */
  readonly repair: string
}

/** What a function step is given: its inputs are already resolved. They are frozen: what is recorded stays as it is. */
export interface FunctionContext extends ExecutionContext {
  /** The output of a step that succeeded: its data, else its text. Throws `reference_unresolved`, `output_lost`. */
  output(stepId: string): JsonValue
  /** As {@link FunctionContext.output}, or `undefined` when the step has none. */
  outputOf(stepId: string): JsonValue | undefined
  /** Hands over a verdict, facts or concerns beside the return value; the last call counts. */
  handoff(handoff: Handoff): void
  /** The map item. */
  readonly value?: JsonValue
  /** 0-based place of the map item. */
  readonly itemIndex?: number
  /** The need that started this step, with `one_success`. */
  readonly winner?: string
}

/** The blackboard (B1): versions of facts with who said them and why. */
export interface FactBoard {
  /** Adds entries; none is ever overwritten. Resolves when they are recorded. */
  put(facts: FactInput | readonly FactInput[]): Promise<void>
  /** The entries of one key, and whether they disagree. */
  get(key: string): Promise<FactView | undefined>
  /** Every key, sorted. */
  list(): Promise<readonly FactView[]>
}

/** A fact as it stands. */
export interface FactView {
  readonly key: string
  /** The entry of highest confidence, the newest of equals. */
  readonly best: FactEntry
  /** Every entry, oldest first. */
  readonly entries: readonly FactEntry[]
  /** Whether the authors' latest values differ. */
  readonly conflict: boolean
}

/** Terms of a request made inside a call. */
export interface RequestOptions {
  /** @default none */
  readonly deadlineMs?: number
  /** What the deadline decides. @default 'reject' */
  readonly onDeadline?: 'approve' | 'reject'
  /** @default anyone */
  readonly answerers?: readonly string[]
}

/** Terms of questions asked inside a call. */
export interface AskOptions extends Omit<RequestOptions, 'onDeadline'> {
  /** Why it is asked. */
  readonly reason?: string
  /** The answers that the deadline gives; without them the call fails with `request_expired`. */
  readonly onDeadline?: JsonObject
}

/** A human's decision. */
export interface ApprovalAnswer {
  readonly requestId: string
  readonly approved: boolean
  readonly comment?: string
  readonly by: string
}

/** An answer that an earlier attempt got. */
export interface RecordedAnswer {
  readonly requestId: string
  /** The decision, `{ approved, comment? }`, or the answers by question id. */
  readonly answer: JsonValue
  readonly by: string
  /** Whether a `tool_start` has already acted on it. */
  readonly used: boolean
}

/** An event that an engine or a function step may record. */
export type RecordableEvent =
  | { readonly type: SwarmFamilyType; readonly data: JsonObject }
  | { readonly type: 'custom'; readonly name: string; readonly data: JsonValue }
