import type { PlainError } from '../errors/plain-error.ts'
import type { DurableEvent } from '../events/swarm-event.ts'
import type { JsonObject, JsonValue } from '../flow/json.ts'
import type { ArtifactStore } from './artifact-store.ts'
import type { RunStatus, RunSummary } from './run-summary.ts'

/** The port behind which runs are kept. The journal is the truth; all else can be rebuilt from it. */
export interface RunStorage {
  /** The version of this port. */
  readonly specVersion: 1
  /**
   * Makes a run appear at once with its first events, or not at all, and locks it.
   * Throws `run_exists`, `path_refused` for a run id off the allow-list, or `storage_failed`.
   */
  createRun(events: readonly DurableEvent[], options?: CreateRunOptions): Promise<RunWriter>
  /**
   * Locks a run for writing. Throws `run_locked` with the owner (`details: { owner: RunOwner }`),
   * `run_not_found`, `journal_corrupt`.
   */
  openRun(runId: string, options?: OpenRunOptions): Promise<RunWriter>
  /** Reads durable events in order. With `follow` it goes on until `run_completed` or the signal. */
  readEvents(runId: string, options?: ReadEventsOptions): AsyncIterable<DurableEvent>
  /** Runs, the newest first, with their status and open requests. */
  listRuns(query?: RunQuery): Promise<RunPage>
  /** Leaves an answer or a control request for whoever owns the run, from any process. */
  submit(runId: string, input: RunInput): Promise<void>
  /** The files of a run; makes no call until they are used. */
  artifacts(runId: string): ArtifactStore
  /** Removes a run for good. Throws `run_locked` while somebody owns it. */
  remove(runId: string): Promise<void>
  /** Releases what the storage holds. Called once, when the orchestrator is disposed. */
  dispose?(): Promise<void>
}

/** The one writer of a run. */
export interface RunWriter {
  /** `seq` of the last event that was appended. */
  readonly lastSeq: number
  /**
   * What the storage has to tell about this run or the place where it lies, such as `tail_truncated`.
   * Complete when the writer is given out; its owner records each as a `diagnostic`. @default none
   */
  readonly notices?: readonly StorageNotice[]
  /**
   * Appends a batch as one. The first `seq` must be `lastSeq + 1`, else `journal_conflict`. A failed
   * append kills the writer: everything after it fails too (rule J1).
   */
  append(events: readonly DurableEvent[], options?: AppendOptions): Promise<void>
  /** Inputs that wait now, oldest first; a resume takes them in before it judges deadlines (rule H2). */
  backlog(): Promise<readonly RunInput[]>
  /** Inputs as they arrive, oldest first, each until it is acknowledged; ends at the signal. */
  inputs(signal: AbortSignal): AsyncIterable<RunInput>
  /** Whether this writer still holds the lock (rule S7). */
  owned(): Promise<boolean>
  /** Releases the lock. */
  close(): Promise<void>
}

/** Something worth knowing that stops nobody. */
export interface StorageNotice {
  /** The code of the `diagnostic` that repeats it. */
  readonly code: string
  readonly message: string
}

/** How safe the first events must be before a run appears. */
export interface CreateRunOptions {
  /** As for an append. @default 'disk' */
  readonly sync?: 'disk' | 'os'
}

/** How safe an append must be before it returns. */
export interface AppendOptions {
  /** `disk`: flushed to the device. `os`: survives the process, not the machine. @default 'disk' */
  readonly sync?: 'disk' | 'os'
  /** Inputs that these events answer; they repeat the `inputId` (rule J2). */
  readonly acks?: readonly string[]
}

/** How to open a run. */
export interface OpenRunOptions {
  /** Takes the lock from an owner on another host, which nobody can check. @default false */
  readonly takeover?: boolean
}

/** Which events to read. */
export interface ReadEventsOptions {
  /** @default 1 */
  readonly fromSeq?: number
  /** @default false */
  readonly follow?: boolean
  readonly signal?: AbortSignal
}

/** Which runs to list, newest first. */
export interface RunQuery {
  readonly runId?: string
  readonly status?: RunStatus | readonly RunStatus[]
  /** @default 100 */
  readonly limit?: number
  /** The `next` of the page before. */
  readonly after?: string
}

/** One page of runs. */
export interface RunPage {
  readonly runs: readonly RunSummary[]
  /** There are more: the `after` of the next query. */
  readonly next?: string
  /** Runs that could not be read, and why; they are in no page and hide no other run. @default none */
  readonly unreadable?: readonly UnreadableRun[]
}

/** A run whose journal cannot be read. */
export interface UnreadableRun {
  readonly runId: string
  readonly error: PlainError
}

/** Something from outside for the owner of a run. */
export type RunInput = AnswerInput | ControlInput

/** An answer, by what was asked. What is recorded is the decision, or what `answers` or `payload` holds. */
export type Answer = ApprovalDecision | QuestionAnswers | CallbackPayload

/** Of an approval or a proposed action. */
export interface ApprovalDecision {
  readonly approved: boolean
  /** At most 10,000 characters. */
  readonly comment?: string
}

/** Of questions: each by the question's id. */
export interface QuestionAnswers {
  readonly answers: JsonObject
}

/** Of a `wait` step: what the callback brings. */
export interface CallbackPayload {
  readonly payload: JsonValue
}

/** An answer to a request. */
export interface AnswerInput {
  readonly kind: 'answer'
  /** Unique; a second delivery is dropped. */
  readonly inputId: string
  /** Milliseconds since the epoch; deadlines are judged by it (rule H2). */
  readonly submittedAt: number
  readonly requestId: string
  /** An {@link Answer}; whatever else it is, its owner refuses it as `invalid`. */
  readonly answer: JsonValue
  readonly by: string
}

/** A request to pause, go on, stop or cancel. */
export interface ControlInput {
  readonly kind: 'control'
  readonly inputId: string
  readonly submittedAt: number
  readonly control: 'pause' | 'continue' | 'stop' | 'cancel'
  readonly reason?: string
  readonly by: string
}
