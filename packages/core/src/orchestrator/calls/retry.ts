/** My job: whether and when a failed attempt is tried again. */
import type { PlainError } from '../../errors/plain-error.ts'
import type { QuotaWaiting } from '../../events/open-events.ts'
import type { RetryPolicy } from '../../flow/definition.ts'
import { definitionOf, type Execution } from '../../run/state.ts'
import type { Session } from '../session.ts'

const DEFAULT_MAX_RETRIES = 2
const DEFAULT_DELAY_MS = 1_000
const DEFAULT_MAX_DELAY_MS = 60_000
/** Beyond, a delay is no number any more. */
const MOST_DOUBLINGS = 50

/** When a failed attempt is tried again, in milliseconds since the epoch, or `undefined`: it is not. */
export function retryOf(session: Session, execution: Execution, error: PlainError): number | undefined {
  const own = definitionOf(execution).retry ?? execution.frame.graph.definition.defaults?.retry
  const policy = { ...session.host.retry, ...own }
  if (!error.retryable || execution.retries >= (policy.maxRetries ?? DEFAULT_MAX_RETRIES)) return undefined
  return (
    session.host.clock.now() +
    delayOf(policy, { error, retries: execution.retries, random: session.host.random() })
  )
}

interface Failure {
  readonly error: PlainError
  readonly retries: number
  readonly random: number
}

const DEFAULT_QUOTA_WAIT_MS = 300_000
const DEFAULT_MAX_QUOTA_WAIT_MS = 86_400_000
/** A service that says it is over at once would be asked without end. */
const LEAST_QUOTA_WAIT_MS = 1_000

/** An account whose quota is used up, and until when, if that is why an attempt failed (rule B1). */
export function quotaWaitOf(
  { host }: Session,
  { engine }: Execution,
  { code, retryable, retryAfterMs }: PlainError,
): Pick<QuotaWaiting, 'account' | 'until'> | undefined {
  if (code !== 'quota' || !retryable || engine === undefined) return undefined
  const { waitMs = DEFAULT_QUOTA_WAIT_MS, maxWaitMs = DEFAULT_MAX_QUOTA_WAIT_MS } = host.quota
  const waited = Math.max(LEAST_QUOTA_WAIT_MS, Math.min(retryAfterMs ?? waitMs, maxWaitMs))
  return { account: host.slots.accountOf(engine), until: host.clock.now() + waited }
}

/** Doubles with each retry; at least what the engine asks for, and jitter on top; never more than the bound. */
function delayOf(policy: RetryPolicy, { error, retries, random }: Failure): number {
  const bound = policy.maxDelayMs ?? DEFAULT_MAX_DELAY_MS
  const doubled = (policy.delayMs ?? DEFAULT_DELAY_MS) * 2 ** Math.min(retries, MOST_DOUBLINGS)
  const backoff = Math.min(bound, doubled)
  const least = Math.max(error.retryAfterMs ?? 0, backoff / 2)
  return Math.round(Math.min(bound, least + (backoff / 2) * random))
}
