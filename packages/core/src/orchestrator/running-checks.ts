/**
 * My job: the checks that run in this process (rule L7): they end with their step and with the run.
 *
 * Invariants:
 * 1. What is called off is aborted, and what it gives later is not counted.
 * 2. Nothing that a check does outlives the session by more than the grace.
 */
import type { VerificationFailed, VerificationPassed } from '../events/routing-events.ts'
import type { DurableEvent } from '../events/swarm-event.ts'
import { stepOf } from '../run/lookup.ts'
import type { StepState } from '../run/state.ts'
import { runChecks } from './checks.ts'
import type { Session } from './session.ts'

/** How the checks of a step ended; `undefined` when they were called off. */
type Verdict = VerificationPassed | VerificationFailed | undefined

interface Running {
  readonly controller: AbortController
  readonly verdict: Promise<Verdict>
}

/** The running checks of a session. */
export class RunningChecks {
  readonly #session: Session
  readonly #running = new Map<StepState, Running>()
  /** Checks that no longer count and clean up. */
  readonly #leaving = new Set<Running>()

  constructor(session: Session) {
    this.#session = session
  }

  /** Runs the checks of a step, unless they run already: a run that goes on after a pause asks again. */
  run(step: StepState): Promise<Verdict> {
    const known = this.#running.get(step)
    if (known !== undefined) return known.verdict
    const controller = new AbortController()
    const running = { controller, verdict: this.#run(step, controller.signal) }
    this.#running.set(step, running)
    running.verdict.then(() => {
      this.#leaving.delete(running)
      if (this.#running.get(step) === running) this.#running.delete(step)
    })
    return running.verdict
  }

  async #run(step: StepState, signal: AbortSignal): Promise<Verdict> {
    const verdict = await runChecks(this.#session, step, signal)
    return signal.aborted ? undefined : verdict
  }

  /** Calls the checks of a step off that an event has settled. */
  observe(event: DurableEvent): void {
    if (this.#running.size === 0 || event.type !== 'routing_decision') return
    const step = stepOf(this.#session.state, event)
    const running = this.#running.get(step)
    if (running === undefined) return
    this.#running.delete(step)
    this.#leaving.add(running)
    running.controller.abort(new Error('The step was called off'))
  }

  /** Calls every check off, to be made anew by a resume, and waits for those that clean up. */
  async abortAll(): Promise<void> {
    for (const { controller } of this.#running.values()) controller.abort(new Error('The run rests'))
    await Promise.all([...this.#running.values(), ...this.#leaving].map(({ verdict }) => verdict))
  }
}
