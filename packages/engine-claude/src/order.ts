import type { JsonObject, JsonValue, StepContext } from '@batonjs/core'
import type { ClaudeEngineOptions } from './claude-options.ts'
import type { Order } from './conversation.ts'
import { isObject, textIn } from './fields.ts'

/** What a step asks of Claude. */
export function orderOf(options: ClaudeEngineOptions, context: StepContext): Order {
  const session = sessionIn(context.session)
  const model = context.model ?? options.model
  const folder = options.workspace ?? context.workspace
  const maxBudgetUsd = least(options.maxBudgetUsd, context.budget?.costUsd)
  return {
    prompt: session === undefined ? context.prompt : (context.continuation ?? context.prompt),
    denied: context.permissions.deny,
    mark: context.idempotencyKey,
    sweep: context.attempt > 1,
    ...(session === undefined ? {} : { session }),
    ...(model === undefined ? {} : { model }),
    ...(isObject(context.outputSchema) ? { schema: context.outputSchema } : {}),
    ...(folder === undefined ? {} : { folder }),
    ...(maxBudgetUsd === undefined ? {} : { maxBudgetUsd }),
  }
}

/** What is kept of a conversation, to go on with it. */
export function toSession(id: string): JsonObject {
  return { sessionId: id }
}

function sessionIn(session: JsonValue | undefined): string | undefined {
  return textIn(session, 'sessionId')
}

function least(...values: readonly (number | undefined)[]): number | undefined {
  const known = values.filter((value) => value !== undefined)
  return known.length === 0 ? undefined : Math.min(...known)
}
