/** Addresses of executions (rule V3): `build#2/review_area[src]#3.1`. */

/** The parts of an address. */
export interface Address {
  readonly frame: string
  readonly stepId: string
  readonly item?: string | undefined
  readonly iteration: number
  readonly attempt: number
}

/** The id of a visit: flow and visit number. */
export function frameId(flowKey: string, visit: number): string {
  return `${flowKey}#${visit}`
}

/** Flow, visit, step, item, iteration and attempt. */
export function formatAddress(address: Address): string {
  return `${executionKey(address)}.${address.attempt}`
}

/** The address without the attempt. */
export function executionKey({ frame, stepId, item, iteration }: Omit<Address, 'attempt'>): string {
  return `${placeOf(frame, stepId, item)}#${iteration}`
}

/** The place of a step or of a map item, whatever its iteration. */
export function placeOf(frame: string, stepId: string, item?: string): string {
  return item === undefined ? `${frame}/${stepId}` : `${frame}/${stepId}[${item}]`
}
