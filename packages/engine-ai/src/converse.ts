/**
 * My job: one call of the engine: the model and its tools in turns, until the model has nothing more to do.
 *
 * Invariants:
 * 1. Only an answer that the model ended by itself is a success: one that was cut off, withheld or empty is none.
 * 2. After each turn with tools the session is told, so that a later attempt goes on behind it.
 */
import {
  type EngineEvent,
  type EngineFailureCode,
  engineFailure,
  type JsonValue,
  type StepContext,
  type StepResult,
} from '@batonjs/core'
import { openCalls, openConversation, toSession } from './conversation.ts'
import { isSpent, NOTHING_SPENT, type Spending, spend, toUsageEvent } from './spending.ts'
import { type AiCall, type Turn, takeTurn } from './take-turn.ts'
import { useTools } from './use-tools.ts'

const MAX_STEPS = 20

/** Talks with the model until it answers. */
export async function* converse(call: AiCall): AsyncGenerator<EngineEvent, StepResult, void> {
  const { context, options } = call
  const { maxSteps = MAX_STEPS, prices = {} } = options
  let messages = yield* useTools(call, openConversation(context))
  let spending = NOTHING_SPENT
  let output = ''
  for (let step = 0; step < maxSteps; step += 1) {
    if (isSpent(spending, context.budget))
      return failed('budget_exceeded', 'The budget of this call is used up.')
    const turn = yield* takeTurn(call, messages)
    spending = spend(spending, turn.usage, prices[turn.askedFor])
    yield toUsageEvent(spending)
    if (turn.text !== '') {
      output = turn.text
      yield { type: 'message', role: 'assistant', content: output }
    }
    const flaw = flawOf(turn)
    if (flaw !== undefined) return failed(...flaw)
    messages = [...messages, ...turn.messages]
    if (openCalls(messages).length > 0 || context.outputSchema !== undefined)
      yield { type: 'session', session: toSession(messages) }
    messages = yield* useTools(call, messages)
    if (messages.at(-1)?.role !== 'tool') return answered(context, { output, spending, turn })
  }
  return failed(
    'bad_output',
    `No answer after ${maxSteps} turns with tools. Raise maxSteps, or give the step less to do.`,
  )
}

type Flaw = readonly [code: EngineFailureCode, message: string]

/** Why a turn is no part of an answer, although the service ended it. */
function flawOf({ finishReason, text }: Turn): Flaw | undefined {
  switch (finishReason) {
    case 'length':
      return [
        'bad_output',
        'The answer was cut off at the longest output of the model. Raise maxOutputTokens, or ask for less.',
      ]
    case 'content-filter':
      return [
        'refusal',
        text === ''
          ? 'The service withheld the answer.'
          : `The service withheld the rest of the answer: ${text}`,
      ]
    case 'error':
      return ['overloaded', 'The service ended the answer with an error that it did not tell.']
    default:
      return undefined
  }
}

interface Answer {
  readonly output: string
  readonly spending: Spending
  readonly turn: Turn
}

function answered(context: StepContext, { output, spending, turn }: Answer): StepResult {
  if (output === '') return failed('bad_output', 'The model ended without an answer.')
  const data = context.outputSchema === undefined ? undefined : parsed(output)
  return {
    status: 'succeeded',
    output,
    ...spending,
    ...(data === undefined ? {} : { data }),
    ...(turn.modelId === context.model ? {} : { model: turn.modelId }),
  }
}

/** The answer as data, when it is nothing but JSON; else core looks for the JSON in it. */
function parsed(text: string): JsonValue | undefined {
  try {
    return JSON.parse(text)
  } catch {
    return undefined
  }
}

function failed(code: EngineFailureCode | 'budget_exceeded', message: string): StepResult {
  const error =
    code === 'budget_exceeded' ? { code, message, retryable: false } : engineFailure(code, message)
  return { status: 'failed', output: '', error }
}
