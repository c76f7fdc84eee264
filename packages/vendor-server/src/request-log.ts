import type { VendorRequest } from './request-record.ts'

/** The requests that came, and whoever waits for one. */
export interface RequestLog {
  readonly requests: readonly VendorRequest[]
  add(request: VendorRequest): void
  /** How a request stands has changed. */
  changed(): void
  /** The first request that fits, as soon as there is one. */
  waitFor(fits: (request: VendorRequest) => boolean): Promise<VendorRequest>
}

interface Waiter {
  readonly fits: (request: VendorRequest) => boolean
  readonly resolve: (request: VendorRequest) => void
}

/** Makes an empty log. */
export function createRequestLog(): RequestLog {
  const requests: VendorRequest[] = []
  const waiters = new Set<Waiter>()

  function changed(): void {
    for (const waiter of waiters) serve(waiter)
  }

  function serve(waiter: Waiter): void {
    const found = requests.find(waiter.fits)
    if (found === undefined) return
    waiters.delete(waiter)
    waiter.resolve(found)
  }

  return {
    requests,
    changed,
    add(request) {
      requests.push(request)
      changed()
    },
    waitFor: (fits) =>
      new Promise((resolve) => {
        const waiter = { fits, resolve }
        waiters.add(waiter)
        serve(waiter)
      }),
  }
}
