/** Whether a failed attempt is rightly tried again, and when (rules B1 and S5). */
import type { StepError } from '../../../src/events/step-events.ts'
import type { FlowDefinition, RetryPolicy } from '../../../src/flow/definition.ts'
import type { PlainExecution } from './plain-visit.ts'

/** Errors that come from outside of the attempt and end it whatever its policy says. */
export const CALLED_OFF: ReadonlySet<string> = new Set([
  'canceled',
  'duration_exceeded',
  'lost',
  'poisoned',
  'skipped',
])

/** Failures that cost no retry. */
export const UNCOUNTED: ReadonlySet<string> = new Set(['interrupted', 'quota'])

const MOST_RETRIES = 2

/** The retry policy of a step, or of the items of a map. */
export function retryPolicyOf(
  { steps, defaults }: FlowDefinition,
  { stepId, item }: Pick<StepError, 'stepId' | 'item'>,
): RetryPolicy {
  const step = steps.find(({ id }) => id === stepId)
  const own = item !== undefined && step?.kind === 'map' ? step.step.retry : undefined
  return own ?? step?.retry ?? defaults?.retry ?? {}
}

/** What is wrong with whether a failure is tried again; nothing when it is right. */
export function objectionToRetry(
  { retries }: PlainExecution,
  { error, willRetry, retryAt }: StepError,
  { maxRetries = MOST_RETRIES }: RetryPolicy,
): string | undefined {
  if (error.code === 'interrupted') return willRetry ? undefined : 'what was cut off should run again'
  const isFree = UNCOUNTED.has(error.code)
  const isDue = error.retryable && (isFree || retries < maxRetries) && !CALLED_OFF.has(error.code)
  if (willRetry !== isDue)
    return `after ${retries} of ${maxRetries} retries it should ${isDue ? '' : 'not '}be tried again`
  return isDue && retryAt === undefined ? 'nobody knows when it is tried again' : undefined
}

/** Whether an attempt begins before its time, unless the clock was set back meanwhile. */
export function isTooEarly({ pause }: PlainExecution, now: number): boolean {
  return pause !== undefined && now >= pause.from && now < pause.until
}
