/** My job: what people and the host's policy say to a tool that asks. */
import type { EngineEvent, StepContext } from '@batonjs/core'
import type { ToolDecision, ToolPermission } from './conversation.ts'
import { answersFor, questionsIn } from './questions.ts'
import type { ToolLog } from './tool-log.ts'

/** What was decided, and for which request. */
export interface Decided {
  readonly request: ToolPermission
  readonly decision: ToolDecision
  /** The request for approval that allowed it. */
  readonly requestId?: string
}

const ASK_TOOL = 'AskUserQuestion'

/** Has it decided. Rejects when the call is aborted. */
export async function decide(request: ToolPermission, context: StepContext): Promise<Decided> {
  return request.tool === ASK_TOOL ? askPeople(request, context) : askLeave(request, context)
}

async function askPeople(request: ToolPermission, context: StepContext): Promise<Decided> {
  const questions = questionsIn(request.input)
  if (questions.length === 0) return { request, decision: deny('There is no question in it.') }
  const answers = await context.ask(questions, { reason: 'Claude asks' })
  const updatedInput = { ...request.input, answers: answersFor(request.input, answers) }
  return { request, decision: { behavior: 'allow', updatedInput } }
}

async function askLeave(request: ToolPermission, context: StepContext): Promise<Decided> {
  const { tool, input, reason } = request
  const action = { name: tool, input, ...(reason === undefined ? {} : { summary: reason }) }
  const { approved, comment, requestId } = await context.approve(action)
  if (!approved) return { request, decision: deny(comment ?? 'This is not allowed.') }
  return { request, requestId, decision: { behavior: 'allow', updatedInput: input } }
}

function deny(message: string): ToolDecision {
  return { behavior: 'deny', message }
}

/** The events of a decision; Claude is told of it when they are recorded. */
export function* applyDecision(
  tools: ToolLog,
  { request, decision, requestId }: Decided,
): Generator<EngineEvent, void, void> {
  if (decision.behavior === 'deny') yield* tools.refuse(request, decision.message)
  else yield* tools.approve(request, decision.updatedInput, requestId)
  request.answer(decision)
}
