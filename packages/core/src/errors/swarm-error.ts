/**
 * Errors that leave Baton. Inside a run a failure is an event; what is thrown at a caller is one of
 * these classes, told apart by `code` (every code, its cause and the way out: `docs/errors.md`).
 */

const MARKER = Symbol.for('@batonjs/swarm-error')

/** What a {@link SwarmError} is made of. */
export interface SwarmErrorOptions {
  /**
   * Machine-readable, snake_case; those of Baton are listed in `docs/errors.md`.
   * @default the name of the class, such as `engine_error`
   */
  readonly code?: string
  /** Whether the same call may succeed when repeated. @default false */
  readonly retryable?: boolean
  /** How long to wait before that, in milliseconds. @default the policy of whoever repeats */
  readonly retryAfterMs?: number | undefined
  /** Facts a program may act on, such as the flow errors or the lock's owner. */
  readonly details?: unknown
  /** The error behind this one. */
  readonly cause?: unknown
}

/** The base of every error that Baton throws. */
export class SwarmError extends Error {
  readonly code: string
  readonly retryable: boolean
  readonly retryAfterMs: number | undefined
  readonly details: unknown

  constructor(message: string, options: SwarmErrorOptions = {}) {
    super(message, options.cause === undefined ? undefined : { cause: options.cause })
    this.name = new.target.name
    this.code = options.code ?? codeOf(new.target.name)
    this.retryable = options.retryable ?? false
    this.retryAfterMs = options.retryAfterMs
    this.details = options.details
    Object.defineProperty(this, MARKER, { value: true })
  }

  /** Tells a Baton error from any other value, across copies and versions of the package. */
  static is(value: unknown): value is SwarmError {
    return typeof value === 'object' && value !== null && MARKER in value
  }
}

/** `EngineError` is `engine_error`. */
function codeOf(name: string): string {
  return name.replace(/(?<=[a-z])(?=[A-Z])/g, '_').toLowerCase()
}

/** A flow, a request or a parameter is wrong. Mend the input; nothing was run. */
export class FlowError extends SwarmError {}

/** An engine cannot run here, or broke its contract. */
export class EngineError extends SwarmError {}

/** The journal or an artifact could not be read or written; the run stays resumable. */
export class StorageError extends SwarmError {}

/** A run cannot do what was asked of it in the state it is in. */
export class RunError extends SwarmError {}
