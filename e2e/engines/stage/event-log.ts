import type { SwarmEvent } from '@batonjs/core'

interface Waiter {
  readonly fits: (event: SwarmEvent) => boolean
  readonly resolve: (event: SwarmEvent) => void
  readonly reject: (error: Error) => void
}

/** Events as they come, and whoever waits for one of them. */
export class EventLog {
  readonly events: SwarmEvent[] = []
  readonly #waiters = new Set<Waiter>()
  #hasEnded = false

  add(event: SwarmEvent): void {
    this.events.push(event)
    for (const waiter of this.#waiters) this.#serve(waiter)
  }

  /** No more events come: whoever still waits gets to know. */
  end(): void {
    this.#hasEnded = true
    for (const waiter of this.#waiters) this.#serve(waiter)
  }

  when(fits: (event: SwarmEvent) => boolean): Promise<SwarmEvent> {
    return new Promise((resolve, reject) => {
      const waiter = { fits, resolve, reject }
      this.#waiters.add(waiter)
      this.#serve(waiter)
    })
  }

  #serve(waiter: Waiter): void {
    const found = this.events.find(waiter.fits)
    if (found === undefined && !this.#hasEnded) return
    this.#waiters.delete(waiter)
    if (found !== undefined) return waiter.resolve(found)
    waiter.reject(new Error(`The run ended without it: ${summaryOf(this.events)}`))
  }
}

/** What a run said, in a line: for the message of a cell that failed. */
export function summaryOf(events: readonly SwarmEvent[]): string {
  return events
    .filter(({ type }) => type !== 'token_chunk')
    .map((event) => {
      if (event.type === 'step_error') return `step_error(${event.error.code}: ${event.error.message})`
      return event.type === 'diagnostic' ? `diagnostic(${event.code}: ${event.message})` : event.type
    })
    .join(' ')
}
