/**
 * My job: one call of the engine: the model and its tools in turns, until the model has nothing more to do.
 *
 * Invariants:
 * 1. Only an answer that the model ended by itself is a success: one that was cut off, withheld or empty is none.
 * 2. After each turn with tools the session is told, so that a later attempt goes on behind it.
 * 3. No tool is used, and nobody is asked for one, when the budget has no room for the turn that would hear of it.
 */
import {
  type EngineEvent,
  type EngineFailureCode,
  engineFailure,
  type JsonValue,
  type StepContext,
  type StepResult,
} from '@batonjs/core'
import { addPrompt, openCalls, readSession, toSession } from './conversation.ts'
import { isSpent, leastAfter, NOTHING_SPENT, type Spending, spend, toUsageEvent } from './spending.ts'
import { type AiCall, type Turn, takeTurn } from './take-turn.ts'
import { useTools } from './use-tools.ts'

const MAX_STEPS = 20

/** Talks with the model until it answers. */
export async function* converse(call: AiCall): AsyncGenerator<EngineEvent, StepResult, void> {
  const { context, options } = call
  const { maxSteps = MAX_STEPS, prices = {} } = options
  let spending = NOTHING_SPENT
  let output = ''
  if (isSpent(spending, NOTHING_SPENT, context.budget)) return failed(...SPENT)
  let messages = addPrompt(yield* useTools(call, readSession(context.session)), context)
  for (let step = 0; step < maxSteps; step += 1) {
    const turn = yield* takeTurn(call, messages)
    const price = prices[turn.askedFor]
    spending = spend(spending, turn.usage, price)
    yield toUsageEvent(spending)
    if (turn.text !== '') {
      output = turn.text
      yield { type: 'message', role: 'assistant', content: output }
    }
    const flaw = flawOf(turn)
    if (flaw !== undefined) return failed(...flaw)
    messages = [...messages, ...turn.messages]
    if (usesTools(turn) || context.outputSchema !== undefined)
      yield { type: 'session', session: toSession(messages) }
    if (!usesTools(turn)) return answered(context, { output, spending, turn })
    if (isSpent(spending, leastAfter(turn.usage, price), context.budget)) return failed(...SPENT)
    messages = yield* useTools(call, messages)
  }
  return failed(
    'bad_output',
    `No answer after ${maxSteps} turns with tools. Raise maxSteps, or give the step less to do.`,
  )
}

type Flaw = readonly [code: EngineFailureCode | 'budget_exceeded', message: string]

const SPENT: Flaw = ['budget_exceeded', 'The budget of this call is used up.']

/** Whether the model goes on after a turn: it is told what came of its tools, or that it used one in a wrong way. */
function usesTools({ messages }: Turn): boolean {
  return messages.at(-1)?.role === 'tool' || openCalls(messages).length > 0
}

/** Why a turn is no part of an answer, although the service ended it. */
function flawOf(turn: Turn): Flaw | undefined {
  const { finishReason, text } = turn
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
    case 'tool-calls':
      return usesTools(turn)
        ? undefined
        : ['bad_output', 'The model stopped to use a tool, and did not say which.']
    case 'other':
      return usesTools(turn) ? undefined : oddEnd(turn)
    default:
      return undefined
  }
}

/** Ends of an answer that the SDK does not know as such: services of the same API have words of their own. */
const END = /eos|end|stop|complete|finish/i

function oddEnd({ rawFinishReason }: Turn): Flaw | undefined {
  if (rawFinishReason === undefined || rawFinishReason === '')
    return ['network', 'The service broke off the answer without a reason.']
  if (END.test(rawFinishReason)) return undefined
  return [
    'bad_output',
    `The answer is not known to be whole: the service ended it with "${rawFinishReason}".`,
  ]
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

function failed(...[code, message]: Flaw): StepResult {
  const error =
    code === 'budget_exceeded' ? { code, message, retryable: false } : engineFailure(code, message)
  return { status: 'failed', output: '', error }
}
