/**
 * My job: the tool calls of a call: each starts once, ends once after that, and acts on no request but one
 * that allows it (rule H4).
 */
import type { EngineEvent } from '../../engine/result.ts'
import type { EventDraft } from '../../events/swarm-event.ts'
import type { InputProblem } from '../../input/problems.ts'
import { isApproval } from '../../run/conclude.ts'
import type { RequestState, RunState } from '../../run/state.ts'
import type { RunningCall } from './running-call.ts'

type ToolStart = Extract<EngineEvent, { readonly type: 'tool_start' }>

/** Takes a tool's start or end in; tells when it is out of order and so is none. */
export function disorderOf({ tools }: RunningCall, event: EngineEvent): InputProblem | undefined {
  if (event.type !== 'tool_start' && event.type !== 'tool_end') return undefined
  const { type, toolCallId, tool } = event
  const isOpen = tools.has(toolCallId)
  if (type === 'tool_start') tools.set(toolCallId, tool)
  else tools.delete(toolCallId)
  if (isOpen === (type === 'tool_end')) return undefined
  const what = isOpen ? 'starts while it runs' : 'ends, but does not run'
  return { path: `${type}.order`, message: `Tool call "${toolCallId}" (${tool}) ${what}.` }
}

/** Why a tool may not act on the request that it names, or `undefined`: it may, or names none. */
export function misuseOf(state: RunState, call: RunningCall, event: ToolStart): InputProblem | undefined {
  const { requestId, toolCallId, tool } = event
  if (requestId === undefined) return undefined
  const objection = objectionTo(state.requests.get(requestId), call)
  if (objection === undefined) return undefined
  const message = `Tool call "${toolCallId}" (${tool}) names request "${requestId}", which ${objection}; it is recorded without it.`
  return { path: 'tool_start.requestId', message }
}

function objectionTo(request: RequestState | undefined, { execution }: RunningCall): string | undefined {
  if (request === undefined || request.execution !== execution) return 'this step has not made'
  if (request.status === 'open') return 'nobody has answered yet'
  const { answer } = request
  if (answer === undefined) return `was ${request.status}`
  if (request.record.type === 'proposed_action' && !isApproval(answer)) return 'was rejected'
  return request.used ? 'an earlier tool call has used up' : undefined
}

/** Ends what an engine has left running although it succeeded, and tells so. */
export function endLeftTools({ tools, scope, complaints }: RunningCall): readonly EventDraft[] {
  const drafts: EventDraft[] = []
  for (const [toolCallId, tool] of tools) {
    const message = `Tool call "${toolCallId}" (${tool}) was left running when the call succeeded; it is ended as failed.`
    complaints.tellLater('tool_unended', { path: 'tool_start', message })
    drafts.push({ type: 'tool_end', ...scope, toolCallId, tool, success: false })
  }
  tools.clear()
  return drafts
}
