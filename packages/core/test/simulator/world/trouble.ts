import type { ExecutionContext } from '../../../src/engine/context.ts'
import type { StepResult } from '../../../src/engine/result.ts'
import type { JsonValue } from '../../../src/flow/json.ts'
import { hashText } from '../random.ts'
import type { Trouble } from '../scenario.ts'

/** Fails in one of the ways in which calls fail. */
export function fail(
  how: Exclude<Trouble['how'], 'hang' | 'ignore-abort' | 'garbage'>,
  retryAfterMs?: number,
): never {
  switch (how) {
    case 'throw':
      throw new Error('The model is out of ideas')
    case 'throw-odd':
      // Whatever is thrown must not harm the kernel.
      throw Object.freeze({
        get message(): string {
          throw new Error('Nobody may know')
        },
      })
    case 'fail':
      throw Object.assign(new Error('Refused'), { code: 'refused', retryable: false })
    case 'retry':
      throw Object.assign(new Error('Overloaded'), { code: 'overloaded', retryable: true, retryAfterMs: 50 })
    case 'rate-limit':
      throw Object.assign(new Error('Too much at once'), { code: 'rate_limit', retryable: true })
    case 'quota':
      throw Object.assign(new Error('Used up'), { code: 'quota', retryable: true, retryAfterMs })
  }
}

/** A result that breaks the contract, another one for each step. */
export function garbageResult({ stepId }: ExecutionContext): StepResult {
  const results: readonly unknown[] = [
    undefined,
    { status: 'odd', output: '' },
    { status: 'succeeded', output: 5 },
    { status: 'succeeded', output: '', data: { big: 1n } },
    { status: 'failed', output: '' },
  ]
  // The port's types do not let it pass.
  return results[hashText(stepId) % results.length] as StepResult
}

/** A return value that is no JSON, another one for each step. */
export function garbageValue({ stepId }: ExecutionContext): JsonValue {
  const circle: Record<string, unknown> = {}
  circle.self = circle
  const values: readonly unknown[] = [1n, new Date(0), Number.NaN, circle, () => null]
  // The function's types do not let it pass.
  return values[hashText(stepId) % values.length] as JsonValue
}
