import type { JsonObject, JsonValue, StepContext } from '@batonjs/core'
import type { ClaudeEngineOptions } from './claude-options.ts'
import type { Order, ToolRules } from './conversation.ts'
import { isObject, textIn } from './fields.ts'

/** What a step asks of Claude. */
export function orderOf(options: ClaudeEngineOptions, context: StepContext): Order {
  const session = sessionIn(context.session)
  const model = context.model ?? options.model
  const folder = options.workspace ?? context.workspace
  const maxBudgetUsd = least(options.maxBudgetUsd, context.budget?.costUsd)
  return {
    prompt: session === undefined ? context.prompt : (context.continuation ?? context.prompt),
    ...rulesOf(options, context),
    mark: context.idempotencyKey,
    sweep: context.attempt > 1,
    ...(session === undefined ? {} : { session }),
    ...(model === undefined ? {} : { model }),
    ...(isObject(context.outputSchema) ? { schema: context.outputSchema } : {}),
    ...(folder === undefined ? {} : { folder }),
    ...(maxBudgetUsd === undefined ? {} : { maxBudgetUsd }),
  }
}

/** What Claude runs unasked is asked for when nothing may run that is not allowed. */
function rulesOf({ allowedTools = [] }: ClaudeEngineOptions, { permissions }: StepContext): ToolRules {
  const { allow, deny, otherwise } = permissions
  return { denied: deny, ...(otherwise === 'deny' ? { unasked: [...allow, ...allowedTools] } : {}) }
}

const SESSION = 'claude'

/** What is kept of a conversation, to go on with it. */
export function toSession(id: string): JsonObject {
  return { kind: SESSION, sessionId: id }
}

/** Another engine's session means nothing to Claude, which would not even say that it does not know it. */
function sessionIn(session: JsonValue | undefined): string | undefined {
  return textIn(session, 'kind') === SESSION ? textIn(session, 'sessionId') : undefined
}

function least(...values: readonly (number | undefined)[]): number | undefined {
  const known = values.filter((value) => value !== undefined)
  return known.length === 0 ? undefined : Math.min(...known)
}
