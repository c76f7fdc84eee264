/** My job: an agent's request for permission, and the answer that the protocol has for a decision. */
import type { JsonObject } from '@batonjs/core'
import { fieldsOf, membersOf, textOf } from './fields.ts'

/** The answer when nobody decides any more. */
export const CANCELLED: JsonObject = { outcome: { outcome: 'cancelled' } }

/**
 * The answer that allows what was shown, once: ids differ from agent to agent, kinds do not. `undefined` when the agent
 * wants more than that, for "always" would skip what comes next.
 */
export function allowOnce(request: JsonObject): JsonObject | undefined {
  return select(request, 'allow_once')
}

/** The answer that refuses it. */
export function refuse(request: JsonObject): JsonObject {
  return select(request, 'reject_once') ?? select(request, 'reject_always') ?? CANCELLED
}

function select({ options }: JsonObject, kind: string): JsonObject | undefined {
  const option = membersOf(options)
    .map(fieldsOf)
    .find((one) => one.kind === kind)
  const optionId = textOf(option?.optionId)
  return optionId === undefined ? undefined : { outcome: { outcome: 'selected', optionId } }
}
