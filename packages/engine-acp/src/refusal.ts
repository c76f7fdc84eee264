/** My job: an error that an agent answered with, as one that can be thrown. */
import { EngineError, type JsonValue } from '@batonjs/core'
import { failureOfAgent } from './failure.ts'

/** What was thrown as a refusal of the agent; `undefined` when it is no answer of one. */
export function toRefusal(thrown: unknown): EngineError | undefined {
  if (typeof thrown !== 'object' || thrown === null) return undefined
  const agentCode: unknown = Reflect.get(thrown, 'code')
  if (typeof agentCode !== 'number') return undefined
  const error = { code: agentCode, message: String(Reflect.get(thrown, 'message')) }
  // It was read from a line of JSON.
  const data = Reflect.get(thrown, 'data') as JsonValue
  const { message, ...failure } = failureOfAgent({ ...error, data })
  return new EngineError(message, { ...failure, details: { agentCode } })
}

/** Whether the agent answered with an error; else it is gone, or nobody waits for it any more. */
export function isRefusal(thrown: unknown): thrown is EngineError {
  if (!EngineError.is(thrown)) return false
  const { details } = thrown
  return typeof details === 'object' && details !== null && 'agentCode' in details
}
