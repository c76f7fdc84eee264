/**
 * My job: one prompt and all that the agent does until its turn is over.
 *
 * 1. Everything that comes in passes through one inbox, in its order.
 * 2. What the agent waits for it is answered after the events are recorded: nothing that a human has approved runs before
 *    its `tool_start` is durable (rule H4).
 * 3. Only what is allowed once is allowed.
 * 4. Nobody is asked for what cannot be shown whole.
 */
import type {
  ApprovalAnswer,
  EngineEvent,
  JsonObject,
  PermissionLists,
  StepContext,
  StepResult,
} from '@batonjs/core'
import type { AgentMessage } from './agent.ts'
import type { AgentText } from './agent-text.ts'
import { fieldsOf } from './fields.ts'
import type { Inbox } from './inbox.ts'
import { allowOnce, refuse } from './permission.ts'
import { toKeep } from './session.ts'
import type { ProposedTool, ToolCalls } from './tool-calls.ts'
import { type CostMeter, usageOf } from './usage.ts'

/** What comes in during a turn. */
export type TurnMessage =
  | AgentMessage
  | { readonly kind: 'decision'; readonly asked: Asked; readonly decision: ApprovalAnswer }
  | { readonly kind: 'over'; readonly response: JsonObject }
  | { readonly kind: 'failed'; readonly thrown: unknown }

type PermissionMessage = AgentMessage & { readonly kind: 'permission' }

interface Asked {
  readonly tool: ProposedTool
  readonly allowed: JsonObject
  readonly request: JsonObject
  reply(answer: JsonObject): void
}

/** What a turn is taken with. */
export interface Turn {
  readonly sessionId: string
  readonly inbox: Inbox<TurnMessage>
  readonly tools: ToolCalls
  readonly text: AgentText
  readonly cost: CostMeter
  readonly approve: StepContext['approve']
  readonly permissions: PermissionLists
}

/** How a turn ended. */
export interface TurnEnd {
  readonly response: JsonObject
  readonly output: string
  /** What a human or the policy refused last, if anything was. */
  readonly refused: string | undefined
  /** What it used up. */
  readonly spent: Pick<StepResult, 'usage' | 'costUsd'>
}

/** Reads the inbox until the agent has answered the prompt. */
export async function* takeTurn(turn: Turn): AsyncGenerator<EngineEvent, TurnEnd, void> {
  const { text } = turn
  let refused: string | undefined
  for (;;) {
    const message = await turn.inbox.next()
    switch (message.kind) {
      case 'update':
        if (message.params.sessionId === turn.sessionId) yield* toEvents(turn, text, message.params)
        break
      case 'permission':
        yield* text.pause()
        refused = (yield* ask(turn, message)) ?? refused
        break
      case 'decision':
        if (!message.decision.approved) refused = message.asked.tool.summary
        yield* carryOut(turn, message.asked, message.decision)
        break
      case 'over':
        return { ...(yield* finish(turn, text, message.response)), refused }
      case 'failed':
        yield* tellSpent(turn, spentOf(turn.cost))
        throw message.thrown
    }
  }
}

function* toEvents({ tools, cost }: Turn, text: AgentText, params: JsonObject): Generator<EngineEvent> {
  const update = fieldsOf(params.update)
  switch (update.sessionUpdate) {
    case 'agent_message_chunk':
      yield* text.add(update)
      break
    case 'tool_call':
    case 'tool_call_update':
      yield* text.pause()
      yield* tools.update(update)
      break
    case 'usage_update':
      cost.note(update)
  }
}

/** Several may be asked at once; each decision comes in as a message of its own. Returns what was refused unasked. */
function* ask(turn: Turn, message: PermissionMessage): Generator<EngineEvent, string | undefined> {
  const { params, reply } = message
  const allowed = allowOnce(params)
  const tool = turn.tools.propose(fieldsOf(params.toolCall))
  if (allowed !== undefined && isDecidable(turn, tool)) {
    askHost(turn, { tool, allowed, request: params, reply })
    return undefined
  }
  const why = allowed === undefined ? 'it can be allowed for ever only' : 'it is not shown whole'
  turn.tools.reject(tool)
  yield { type: 'message', role: 'user', content: `Refused, for ${why}: ${tool.name}: ${tool.summary}` }
  reply(refuse(params))
  return tool.summary
}

/** What nobody can see is left to the policy where that goes by the name. */
function isDecidable({ permissions }: Turn, { name, isWhole }: ProposedTool): boolean {
  const { allow, otherwise } = permissions
  return isWhole || otherwise !== 'ask' || allow.includes(name) || allow.includes('*')
}

function askHost({ inbox, approve }: Turn, asked: Asked): void {
  const { name, input, summary } = asked.tool
  approve({ name, input, summary }).then(
    (decision) => inbox.push({ kind: 'decision', asked, decision }),
    (thrown: unknown) => inbox.push({ kind: 'failed', thrown }),
  )
}

function* carryOut({ tools }: Turn, asked: Asked, decision: ApprovalAnswer): Generator<EngineEvent> {
  const { tool, allowed, request, reply } = asked
  if (decision.approved) yield* tools.approve(tool, decision.requestId)
  else tools.reject(tool)
  reply(decision.approved ? allowed : refuse(request))
}

function* finish(
  turn: Turn,
  text: AgentText,
  response: JsonObject,
): Generator<EngineEvent, Omit<TurnEnd, 'refused'>> {
  yield* text.pause()
  const spent = spentOf(turn.cost, response)
  yield* tellSpent(turn, spent)
  return { response, output: text.last, spent }
}

function spentOf(cost: CostMeter, response: JsonObject = {}): TurnEnd['spent'] {
  const usage = usageOf(response)
  const costUsd = cost.cost()
  return { ...(usage === undefined ? {} : { usage }), ...(costUsd === undefined ? {} : { costUsd }) }
}

function* tellSpent({ sessionId, cost }: Turn, spent: TurnEnd['spent']): Generator<EngineEvent> {
  if (Object.keys(spent).length > 0) yield { type: 'usage', usage: {}, ...spent }
  if (cost.kept !== undefined) yield toKeep(sessionId, cost.kept)
}
