/** Holds what waits for a quota against rule B1: nothing begins on an account whose quota is used up. */
import type { QuotaWaiting } from '../../../src/events/open-events.ts'
import type { StepStart } from '../../../src/events/step-events.ts'
import type { DurableEvent } from '../../../src/events/swarm-event.ts'

/** What a quota audit is made of. */
export interface QuotaAuditParts {
  /** Whose quota an engine uses up; by default its own. */
  readonly accounts: Readonly<Record<string, string>>
  /** Takes in what is wrong with something, if anything is. */
  readonly object: (what: string, objection: string | undefined) => void
}

/** See the head of the file. */
export class QuotaAudit {
  readonly #parts: QuotaAuditParts
  /** Until when accounts are closed. */
  readonly #closed = new Map<string, number>()
  /** The engine of each attempt that runs. */
  readonly #engines = new Map<string, string | undefined>()
  #before: DurableEvent | undefined

  constructor(parts: QuotaAuditParts) {
    this.#parts = parts
  }

  take(event: DurableEvent): void {
    if (event.type === 'quota_waiting') this.#wait(event)
    else if (event.type === 'step_start') this.#start(event, Date.parse(event.ts))
    this.#before = event
  }

  #start(event: StepStart, now: number): void {
    const { engine, contentKey } = event
    this.#engines.set(nameOf(event), engine)
    const until = engine === undefined ? undefined : this.#closed.get(this.#accountOf(engine))
    // After a start without a content key nothing is called.
    if (until === undefined || contentKey === '' || now >= until) return
    this.#parts.object(`${nameOf(event)} begins`, `the quota of "${engine}" is there in ${until - now} ms`)
  }

  #wait(event: QuotaWaiting): void {
    const { account, until } = event
    this.#closed.set(account, Math.max(until, this.#closed.get(account) ?? 0))
    this.#parts.object(`${nameOf(event)} waits`, this.#objectionTo(event))
  }

  #objectionTo(event: QuotaWaiting): string | undefined {
    const { account, until } = event
    const engine = this.#engines.get(nameOf(event)) ?? ''
    if (this.#accountOf(engine) !== account) return `its engine "${engine}" has another account`
    const failed = this.#before
    if (failed?.type !== 'step_error' || nameOf(failed) !== nameOf(event)) return 'no attempt of it has ended'
    if (failed.error.code !== 'quota' || !failed.willRetry) return 'it did not fail for want of quota'
    return failed.retryAt === until ? undefined : `it is tried again at ${failed.retryAt}, not at ${until}`
  }

  #accountOf(engine: string): string {
    return this.#parts.accounts[engine] ?? engine
  }
}

function nameOf({ frame, stepId, item }: Pick<QuotaWaiting, 'frame' | 'stepId' | 'item'>): string {
  return `${frame}/${stepId}${item === undefined ? '' : `[${item}]`}`
}
