/** My job: whether a turn that is over has succeeded. */
import { type EngineFailureCode, engineFailure, type StepResult } from '@batonjs/core'
import { textOf } from './fields.ts'
import type { AcpQuirks } from './presets.ts'
import type { TurnEnd } from './turn.ts'

/** The result of a call whose turn is over. */
export function toResult(
  { response, output, refused, spent }: TurnEnd,
  { maxTokens = 'bad_output' }: AcpQuirks,
): StepResult {
  const failed = (code: EngineFailureCode, message: string): StepResult => ({
    status: 'failed',
    output: '',
    error: engineFailure(code, message),
    ...spent,
  })
  // Some go on after a refusal, some end their turn with it, as if somebody had canceled it or without a word.
  const lacked =
    refused === undefined ? undefined : `The agent ended its turn, for it was refused: ${refused}`
  switch (response.stopReason) {
    case 'end_turn':
      // Some end a turn in which the model was cut off or blocked like any other.
      if (output === '' && lacked !== undefined) return failed('permission_denied', lacked)
      if (output === '') return failed('bad_output', 'The agent ended its turn without an answer')
      return { status: 'succeeded', output, ...spent }
    case 'refusal':
      return failed('refusal', output || 'The model refuses to answer')
    case 'cancelled':
      if (lacked !== undefined) return failed('permission_denied', lacked)
      return failed('canceled', 'The turn was canceled outside Baton')
    case 'max_tokens':
      return failed(maxTokens, 'The agent stopped at the largest number of tokens')
    case 'max_turn_requests':
      return failed('bad_output', 'The agent stopped at the largest number of requests in one turn')
    default:
      return failed(
        'bad_output',
        `The agent stopped for a reason that is not known: ${textOf(response.stopReason)}`,
      )
  }
}
