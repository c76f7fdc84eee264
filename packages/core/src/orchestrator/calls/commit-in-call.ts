/** My job: recording from inside a call, which counts only while the call does. */
import { RunError } from '../../errors/swarm-error.ts'
import type { Session } from '../session.ts'
import type { RunningCall } from './running-call.ts'

/** Records from inside a call. Rejects with `call_ended` once the call has ended: it harms nobody else. */
export async function commitInCall<T>(session: Session, call: RunningCall, work: () => T): Promise<T> {
  const counts = (): boolean => session.calls.isCurrent(call)
  const done = await session
    .commit(() => (counts() ? { value: work() } : undefined))
    .catch((thrown: unknown) => {
      if (counts()) throw thrown
    })
  if (done !== undefined) return done.value
  const message = `Step "${call.scope.stepId}" has ended; nothing more can be recorded by its call.`
  throw new RunError(message, { code: 'call_ended' })
}

/** A promise that may be left alone: its rejection is for whoever waits, not for the process. */
export function leavable<T>(promise: Promise<T>): Promise<T> {
  promise.catch(() => {})
  return promise
}
