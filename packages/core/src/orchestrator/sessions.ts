/**
 * My job: the sessions of an orchestrator: they are let in, obey the signal they came with, and are stopped
 * when the orchestrator is disposed.
 *
 * Invariants:
 * 1. A session can be found from the moment in which it owns its run until it has ended.
 * 2. Once they are closed none is let in, and one that was about to begin is stopped as soon as it has.
 */
import { RunError } from '../errors/swarm-error.ts'
import type { Session } from './session.ts'

/** The sessions that this process owns. */
export class Sessions {
  readonly #live = new Map<string, Session>()
  readonly #opening = new Set<Promise<Session>>()
  #isClosed = false

  /** The session that owns a run now. */
  find(runId: string): Session | undefined {
    return this.#live.get(runId)
  }

  /** Begins a session and keeps it until it has ended. Throws `orchestrator_disposed`. */
  async admit(begin: () => Promise<Session>, signal: AbortSignal | undefined): Promise<Session> {
    if (this.#isClosed) throw disposed()
    const opening = this.#open(begin, signal)
    this.#opening.add(opening)
    try {
      return await opening
    } finally {
      this.#opening.delete(opening)
    }
  }

  /** Lets none in any more, stops all in order and waits until they have ended. */
  async close(): Promise<void> {
    this.#isClosed = true
    for (const session of this.#live.values()) stopSession(session, DISPOSED)
    await Promise.allSettled(this.#opening)
    await Promise.allSettled([...this.#live.values()].map((session) => session.ended))
  }

  async #open(begin: () => Promise<Session>, signal: AbortSignal | undefined): Promise<Session> {
    const session = await begin()
    const { runId } = session.state
    this.#live.set(runId, session)
    const forget = (): void => {
      if (this.#live.get(runId) === session) this.#live.delete(runId)
    }
    session.ended.then(forget, forget)
    if (this.#isClosed) stopSession(session, DISPOSED)
    if (signal !== undefined) obey(session, signal)
    return session
  }
}

const DISPOSED = 'the orchestrator is disposed'

function disposed(): RunError {
  const message = 'The orchestrator is disposed: it begins and resumes no run any more. Make another one.'
  return new RunError(message, { code: 'orchestrator_disposed' })
}

/** Stops the run when the signal of its request fires. */
function obey(session: Session, signal: AbortSignal): void {
  const stop = (): void => stopSession(session, 'the signal fired')
  if (signal.aborted) return stop()
  signal.addEventListener('abort', stop, { once: true })
  const forget = (): void => signal.removeEventListener('abort', stop)
  session.ended.then(forget, forget)
}

/** Stops a session in order; the reason is recorded. */
export function stopSession(session: Session, reason: string): void {
  session.gatekeeper
    .submit({
      kind: 'control',
      inputId: `stop-${session.state.runId}-${session.state.lastSeq}`,
      submittedAt: session.host.clock.now(),
      control: 'stop',
      reason,
      by: 'host',
    })
    // A session that is over has nothing left to stop.
    .catch(() => {})
}
