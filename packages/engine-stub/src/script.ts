import type {
  ApprovalAnswer,
  AskOptions,
  EngineEvent,
  FactInput,
  Handoff,
  JsonObject,
  JsonValue,
  ProposedActionContent,
  Question,
  RecordableEvent,
  RequestOptions,
  StepContext,
  Usage,
} from '@batonjs/core'

/** What the stub answers: a table by step, or a function; `undefined` is the synthetic answer. */
export type StubScript = StubTable | ((call: StubCall) => StubReply | undefined)

/** Replies by step. */
export interface StubTable {
  /**
   * Replies by address: `review`, or narrower `review[src]` (map item), `review#2` (iteration),
   * `review#2.1` (and attempt), `build/review` and `build#2/review` (flow and visit). The narrowest
   * wins: first by flow, then by item, then by iteration and attempt. Another key is `script_invalid`.
   */
  readonly steps: Readonly<Record<string, StubReplies>>
  /** The reply of steps that the table does not name. @default a synthetic answer */
  readonly otherwise?: StubReplies
}

/**
 * One reply for every call of the step, or a list: the first for iteration 1, the next for
 * iteration 2; the last repeats. Attempts are told apart by {@link StubReply.attempts}.
 *
 * A reply depends on the address alone and never on what was called before, so a run that is killed
 * and resumed gets the answers of the run that was not.
 */
export type StubReplies = StubReply | readonly StubReply[]

/** What one call does and how it ends. `{}` is the synthetic answer. */
export interface StubReply {
  /** What the call does before it answers, in order. */
  readonly acts?: readonly StubAct[]
  /** The answer's text; a function sees what the acts gathered. @default a synthetic text */
  readonly text?: string | ((call: StubCall) => string)
  /** Streams the text as `token_chunk`s before it ends. @default not streamed */
  readonly stream?: StubStream
  /**
   * Structured output, also a value that does not survive JSON. `undefined` leaves it out.
   * @default with an output schema a minimal value that satisfies it, else none
   */
  readonly data?: unknown
  /** Short for `handoff.verdict`. @default 'VERIFIED', so that a bare loop ends */
  readonly verdict?: string
  /** Added to the synthetic handoff. */
  readonly handoff?: Handoff
  /** Also an impossible one; `undefined` leaves it out. @default estimated, four characters a token */
  readonly usage?: Usage | undefined
  /** US dollars; `undefined` leaves it out. @default 0 */
  readonly costUsd?: number | undefined
  /** The model that claims to have answered. @default left out */
  readonly model?: string
  /** Ends as failed. */
  readonly fail?: StubFailure
  /** Ends in a way that no engine should. */
  readonly ending?: StubEnding
  /** Deaf to the abort signal: waits on, acts on, answers late. @default false: it ends as `aborted` */
  readonly stubborn?: boolean
  /** By attempt instead: the first for attempt 1, the next for attempt 2; the last repeats. */
  readonly attempts?: readonly StubReply[]
  /** When core asks for a mended answer: the first, the second time; the last repeats. @default the reply again */
  readonly repairs?: readonly StubReply[]
}

/** One thing that a call does: an engine event is yielded as it stands, the others are performed. */
export type StubAct =
  | EngineEvent
  /** Yields anything at all. */
  | { readonly kind: 'raw'; readonly event: unknown }
  /** Lets time pass on the clock. */
  | { readonly kind: 'wait'; readonly ms: number }
  /** Uses a tool: `tool_start`, then `tool_end`. */
  | StubTool
  /** Proposes an action, and uses the tool of its name when it is approved. */
  | StubProposal
  /** Asks people; the answers are in `call.answers`. */
  | { readonly kind: 'ask'; readonly questions: readonly Question[]; readonly options?: AskOptions }
  /** Puts facts on the blackboard. */
  | { readonly kind: 'facts'; readonly facts: readonly FactInput[] }
  /** Records an event. */
  | { readonly kind: 'record'; readonly event: RecordableEvent }
  /** Writes an artifact. */
  | { readonly kind: 'artifact'; readonly path: string; readonly content: string }
  /** Runs code of the test. */
  | { readonly kind: 'run'; readonly run: (call: StubCall) => unknown }

/** A tool and what it gives. */
export interface StubTool {
  readonly kind: 'tool'
  readonly tool: string
  readonly input?: JsonValue
  readonly output?: JsonValue
  /** @default true */
  readonly success?: boolean
  /** @default `<tool>-<n>`, counted in the call */
  readonly toolCallId?: string
  /** The approval that this use takes up. */
  readonly requestId?: string
}

/** An action that a human decides on; the decision is in `call.approvals`. */
export interface StubProposal {
  readonly kind: 'propose'
  readonly action: ProposedActionContent
  readonly options?: RequestOptions
  /** What the tool gives when it may be used. */
  readonly output?: JsonValue
}

/** How a text is streamed. */
export interface StubStream {
  /** UTF-16 units a chunk; a surrogate pair may be cut. @default 16 */
  readonly size?: number
  /** Milliseconds before each chunk. @default 0 */
  readonly everyMs?: number
}

/** A failed result; no member needs to be sane. */
export interface StubFailure {
  readonly code: string
  /** @default a text that names the step */
  readonly message?: string
  /** @default false */
  readonly retryable?: boolean
  readonly retryAfterMs?: number
}

/** How no engine should end. */
export type StubEnding =
  | { readonly kind: 'throw'; readonly value: unknown }
  /** Never ends by itself. */
  | { readonly kind: 'hang' }
  | { readonly kind: 'return'; readonly result: unknown }

/** One call that the stub got. */
export interface StubCall {
  /** `build#1/review[src]#2.1` */
  readonly address: string
  readonly stepId: string
  readonly item?: string
  readonly iteration: number
  readonly attempt: number
  /** 0, or which request for a mended answer this is. */
  readonly repair: number
  /** All that core gave. */
  readonly context: StepContext
  /** Decisions on the actions that this call proposed, so far. */
  readonly approvals: readonly ApprovalAnswer[]
  /** Answers to what this call asked, so far. */
  readonly answers: readonly JsonObject[]
  /** `open` while it runs; `aborted` when it heeded the signal; `closed` when the caller left it. */
  readonly state: 'open' | 'returned' | 'threw' | 'aborted' | 'closed'
}
