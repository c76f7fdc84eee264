/**
 * My job: what comes from outside a run: answers, control requests, and the host's `onRequest`.
 *
 * Invariants:
 * 1. The first valid answer wins; every other one is recorded as `answer_rejected` (rule H1).
 * 2. What waited in the inbox is taken in before a deadline is judged (rule H2).
 * 3. An input counts once, however often it is delivered (rule J2).
 */
import { RunError } from '../errors/swarm-error.ts'
import type { DurableEvent } from '../events/swarm-event.ts'
import { judgeAnswer } from '../run/answers.ts'
import type { RequestState } from '../run/state.ts'
import { openRequestsOf } from '../run/summary.ts'
import type { OpenRequest } from '../storage/run-summary.ts'
import type { AnswerInput, ControlInput, RunInput, RunWriter } from '../storage/storage.ts'
import { control, restIfDue } from './control.ts'
import type { Acknowledgement, RequestHandler } from './options.ts'
import { createBell } from './readers/bell.ts'
import { type Reply, readReply } from './request-input.ts'
import { refuseSecretAnswer } from './secrets/refuse-secrets.ts'
import type { Session } from './session.ts'

/** The door of a session. */
export class Gatekeeper {
  readonly #session: Session
  readonly #writer: RunWriter
  readonly #onRequest: RequestHandler | undefined
  /** Requests that the host was asked and has not replied to; a run can rest meanwhile. */
  #asked = 0
  readonly #seen = new Set<string>()
  readonly #resumed = createBell()
  readonly #waiters = new Map<string, Set<(request: RequestState) => void>>()

  constructor(session: Session, writer: RunWriter, onRequest: RequestHandler | undefined) {
    this.#session = session
    this.#writer = writer
    this.#onRequest = onRequest
  }

  /** Takes in what waited, then listens. */
  async open(): Promise<void> {
    const { state } = this.#session
    for (const input of await this.#writer.backlog()) this.#session.enqueue(() => this.#apply(input))
    this.#listen().catch((error: unknown) => this.#session.enqueue(() => raise(error)))
    this.#session.enqueue(() => {
      for (const request of state.open.values()) this.#offer(request)
    })
  }

  /** Whether the host is thinking about a request. */
  get isAsking(): boolean {
    return this.#asked > 0
  }

  /** Takes an input of this process in and tells what became of it. */
  async submit(input: RunInput): Promise<Acknowledgement> {
    return await this.#session.commit(() => this.#apply(input))
  }

  /** Waits for the end of a request; rejects when the signal fires first. */
  waitFor(request: RequestState, signal: AbortSignal): Promise<RequestState> {
    if (request.status !== 'open') return Promise.resolve(request)
    return new Promise((resolve, reject) => {
      const waiters = this.#waiters.get(request.requestId) ?? new Set()
      const onAbort = (): void => {
        waiters.delete(onEnd)
        const message = `The call that asked "${request.requestId}" was aborted; the request stays open.`
        reject(new RunError(message, { code: 'canceled' }))
      }
      const onEnd = (ended: RequestState): void => {
        signal.removeEventListener('abort', onAbort)
        resolve(ended)
      }
      if (signal.aborted) return onAbort()
      waiters.add(onEnd)
      this.#waiters.set(request.requestId, waiters)
      signal.addEventListener('abort', onAbort, { once: true })
    })
  }

  /** Waits until the run is not paused; rejects when the signal fires first. */
  async waitWhilePaused(signal: AbortSignal): Promise<void> {
    while (this.#session.state.control === 'paused') {
      signal.throwIfAborted()
      await this.#resumed.wait(signal)
    }
  }

  /** Offers new requests to the host, and wakes whoever waited for one that has ended. */
  observe(events: readonly DurableEvent[]): void {
    for (const event of events) {
      if (event.type === 'run_resumed') this.#resumed.ring()
      if (!('requestId' in event) || event.requestId === undefined) continue
      const request = this.#session.state.requests.get(event.requestId)
      if (request === undefined) continue
      if ('answerSchema' in event) this.#offer(request)
      else if ('outcome' in event) this.#wake(request)
    }
  }

  /** Records that the run has come to rest, when it was told to and nothing runs any more. */
  rest(): void {
    restIfDue(this.#session)
  }

  #wake(request: RequestState): void {
    for (const wake of this.#waiters.get(request.requestId) ?? []) wake(request)
    this.#waiters.delete(request.requestId)
  }

  async #listen(): Promise<void> {
    for await (const input of this.#writer.inputs(this.#session.closing)) {
      this.#session.enqueue(() => this.#apply(input))
    }
  }

  #apply(given: RunInput): Acknowledgement {
    const { state, host } = this.#session
    // Another process, which does not know what is secret, may have named it.
    const input = { ...given, inputId: host.secrets.text(given.inputId) }
    if (this.#seen.has(input.inputId) || state.inputs.has(input.inputId)) {
      const message = `Input "${input.inputId}" was delivered before.`
      return { accepted: false, reason: 'duplicate', message }
    }
    this.#seen.add(input.inputId)
    return input.kind === 'answer' ? this.#answer(input) : this.#control(input)
  }

  #answer(input: Extract<RunInput, { kind: 'answer' }>): Acknowledgement {
    const draft =
      refuseSecretAnswer(this.#session.host.secrets, input) ?? judgeAnswer(this.#session.state, input)
    const { seq } = this.#session.record(draft)
    return draft.type === 'answer_rejected'
      ? { accepted: false, reason: draft.reason, message: draft.message }
      : { accepted: true, seq }
  }

  #control(input: ControlInput): Acknowledgement {
    const { by, reason } = input
    const told = this.#session.host.secrets.copy({ by, ...(reason === undefined ? {} : { reason }) })
    return control(this.#session, { ...input, ...told })
  }

  #offer(request: RequestState): void {
    const ask = this.#onRequest
    if (ask === undefined || request.status !== 'open') return
    const session = this.#session
    const open = openRequestsOf(session.state).find(({ requestId }) => requestId === request.requestId)
    if (open === undefined) return
    this.#asked += 1
    // A resume asks again, and may get another answer: that is another input.
    const inputId = `${open.requestId}-host-${session.state.lastSeq}`
    Promise.resolve()
      .then(() => ask({ ...open, runId: session.state.runId, content: request.record }))
      .then(readReply)
      .then(
        (reply) => this.#takeReply(open, reply && { ...reply, inputId }),
        (error: unknown) => session.enqueue(() => this.#complain(open, error)),
      )
  }

  /** Takes in what the host replied. When the session has ended meanwhile it waits in the inbox (rule H2). */
  async #takeReply(
    { requestId }: OpenRequest,
    reply: (Reply & Pick<AnswerInput, 'inputId'>) | undefined,
  ): Promise<void> {
    const { host, state } = this.#session
    const submittedAt = host.clock.now()
    const input: AnswerInput | undefined = reply && { kind: 'answer', submittedAt, requestId, ...reply }
    try {
      await this.#session.commit(() => {
        this.#asked -= 1
        if (input !== undefined) this.#apply(input)
      })
    } catch {
      // What cannot be kept is asked for again by the resume: the request is still open.
      if (input === undefined || state.final !== undefined) return
      if (refuseSecretAnswer(host.secrets, input) !== undefined) return
      await host.storage.submit(state.runId, input).catch(() => {})
    }
  }

  #complain({ requestId }: OpenRequest, error: unknown): void {
    this.#asked -= 1
    const message = `${requestId}: ${this.#session.host.secrets.plainError(error).message}`
    this.#session.record({ type: 'diagnostic', code: 'on_request_failed', message })
  }
}

function raise(error: unknown): never {
  throw error
}
