/** My job: the end of an execution that waited for others: for people, for a child flow, for items. */
import type { EventDraft } from '../events/swarm-event.ts'
import { isJsonObject, type JsonValue } from '../flow/json.ts'
import type { Action } from './action.ts'
import { kernelError, outputOfData, stepEnd, stepError, stepScope, stepSkipped } from './drafts.ts'
import { failureOf } from './outcome.ts'
import { definitionOf, type Execution, type FrameState, type MapState, type RequestState } from './state.ts'

/** The events that end it, or a map's outputs to be collected. */
export function conclude(execution: Execution): Action | undefined {
  const { kind } = definitionOf(execution)
  if (kind === 'map') return concludeMap(execution)
  if (kind === 'flow') return concludeChild(execution)
  const request = execution.requests.at(-1)
  if (request === undefined || request.status === 'open') return undefined
  return { kind: 'record', events: [concludeRequest(execution, request)] }
}

function concludeRequest(execution: Execution, request: RequestState): EventDraft {
  const { answer, by = '' } = request
  if (answer === undefined) {
    const message = `Nobody answered "${request.prompt}" in time. Give it a default (onDeadline) or a later deadline.`
    return stepError(execution, kernelError('request_expired', message))
  }
  if (request.kind === 'approval') return concludeApproval(execution, { answer, by })
  return stepEnd(execution, outputOfData(answer))
}

interface Answered {
  readonly answer: JsonValue
  readonly by: string
}

function concludeApproval(execution: Execution, { answer, by }: Answered): EventDraft {
  const approved = isApproval(answer)
  const { routing, onReject } = definitionOf(execution)
  const isRouted = routing?.kind === 'branch' || routing?.kind === 'microloop'
  if (approved || isRouted) {
    const data = isJsonObject(answer) ? { ...answer, by } : { approved, by }
    return stepEnd(execution, outputOfData(data), { verdict: approved ? 'APPROVED' : 'REJECTED' })
  }
  if (onReject === 'skip') return stepSkipped(execution, 'rejected')
  const comment = isJsonObject(answer) && typeof answer.comment === 'string' ? `: ${answer.comment}` : ''
  return stepError(execution, kernelError('approval_rejected', `${by} rejected it${comment}`))
}

/** Whether the answer to an approval or a proposed action approves. */
export function isApproval(answer: JsonValue): boolean {
  return isJsonObject(answer) && answer.approved === true
}

function concludeChild(execution: Execution): Action | undefined {
  const { child } = execution
  if (child === undefined || child.outcome === undefined) return undefined
  const pop: EventDraft = {
    type: 'stack_pop',
    ...stepScope(execution),
    completedFlow: child.flowKey,
    currentDepth: execution.frame.depth,
  }
  return { kind: 'record', events: [pop, childEnd(execution, child)] }
}

function childEnd(execution: Execution, child: FrameState): EventDraft {
  if (child.outcome !== 'failed') return stepEnd(execution, child.result ?? outputOfData(null))
  // Without the visit's number: it follows from what began first, and a map gives the message as data.
  const message = `Flow "${child.flowKey}" failed: ${failureOf(child).message}`
  return stepError(execution, kernelError('child_failed', message))
}

function concludeMap(execution: Execution): Action | undefined {
  const { map, place } = execution.step
  if (map === undefined || map.settled < map.executions.length) return undefined
  const rule = place.definition.kind === 'map' ? (place.definition.itemRule ?? 'all_success') : 'all_success'
  if (holdsItemRule(rule, map)) return { kind: 'collect', execution }
  const undone = map.executions.filter(isUndone)
  const named = undone.slice(0, 5).map((one) => `${one.item?.key} (${one.error?.code ?? one.skipReason})`)
  const message = `${undone.length} of ${map.executions.length} items failed: ${named.join(', ')}${undone.length > 5 ? ', …' : ''}`
  return { kind: 'record', events: [stepError(execution, kernelError('map_items_failed', message))] }
}

function holdsItemRule(rule: 'all_success' | 'all_done' | 'one_success', map: MapState): boolean {
  if (map.executions.length === 0) return true
  if (rule === 'one_success') return map.succeeded > 0
  return !map.executions.some(rule === 'all_done' ? wasKeptBack : isUndone)
}

/** An item that its condition or a human skipped has not failed. */
function isUndone(item: Execution): boolean {
  return item.status === 'failed' || wasKeptBack(item)
}

/** A stop or a budget of the visit kept the item from starting: whatever the rule, the map is not done. */
function wasKeptBack({ status, skipReason }: Execution): boolean {
  return status === 'skipped' && (skipReason === 'stopped' || skipReason === 'budget')
}
