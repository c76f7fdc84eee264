/** My job: the turns of the event loop, which no standard names. */

/** Does something after all that is ready now: in the next turn of the event loop. */
export const inNextTurn: (work: () => void) => void = immediate() ?? ((work) => setTimeout(work, 0))

/** Lets timers, sockets and other calls have their turn. */
export function nextTurn(): Promise<void> {
  return new Promise(inNextTurn)
}

/** Where there is one, `setImmediate` is not held back for a millisecond as timers are. */
function immediate(): ((work: () => void) => void) | undefined {
  const found: unknown = Reflect.get(globalThis, 'setImmediate')
  return typeof found === 'function' ? (work) => found(work) : undefined
}
