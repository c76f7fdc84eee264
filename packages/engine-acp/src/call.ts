/** My job: one call of the engine: start the agent, open the session, take the turn, and leave nothing behind. */
import { resolve } from 'node:path'
import type { EngineEvent, JsonObject, StepContext, StepResult } from '@batonjs/core'
import { loadAcpSdk } from './acp-sdk.ts'
import { type Agent, startAgent } from './agent.ts'
import type { AgentPlan } from './agent-plan.ts'
import { createAgentText } from './agent-text.ts'
import { fieldsOf, textOf } from './fields.ts'
import { greet } from './greeting.ts'
import { createInbox, type Inbox } from './inbox.ts'
import { toResult } from './outcome.ts'
import { CANCELLED } from './permission.ts'
import { toPromptText } from './prompt-text.ts'
import { isRefusal } from './refusal.ts'
import {
  type Continuation,
  continuationOf,
  keptSession,
  type OpenSession,
  openSession,
  toKeep,
} from './session.ts'
import { createToolCalls } from './tool-calls.ts'
import { type TurnMessage, takeTurn } from './turn.ts'
import { createCostMeter } from './usage.ts'

type Call = AsyncGenerator<EngineEvent, StepResult, void>

/** What a call works with. */
interface Work {
  readonly plan: AgentPlan
  readonly context: StepContext
  readonly agent: Agent
  readonly inbox: Inbox<TurnMessage>
}

/** Makes a call; tells the agent's version as soon as that is known. */
export async function* runCall(
  plan: AgentPlan,
  context: StepContext,
  onVersion: (version: string) => void,
): Call {
  context.signal.throwIfAborted()
  const cwd = resolve(plan.workspace ?? context.workspace ?? '.')
  const inbox = createInbox<TurnMessage>(context.signal)
  const { idempotencyKey: mark, attempt } = context
  const launch = { ...plan.launch, cwd, mark, sweep: attempt > 1 }
  const agent = await startAgent(launch, await loadAcpSdk(plan.sdk), inbox.push)
  let session: OpenSession | undefined
  let isOver = false
  try {
    const told = await greet(agent, { ...plan.greeting, signal: context.signal })
    onVersion(textOf(fieldsOf(told.agentInfo).version) ?? '')
    session = await open({ plan, context, agent, inbox }, cwd, told)
    yield toKeep(session.id, session.isContinued ? keptSession(context.session)?.costUsd : undefined)
    const result = yield* converse({ plan, context, agent, inbox }, session)
    isOver = true
    return result
  } catch (thrown) {
    // A turn that was refused is over as well.
    isOver = isRefusal(thrown)
    throw thrown
  } finally {
    await agent.end(isOver ? undefined : session?.id)
  }
}

function open({ plan, context, agent }: Work, cwd: string, told: JsonObject): Promise<OpenSession> {
  const { mcpServers, mode } = plan
  const { model = plan.model, signal } = context
  const ask = (method: string, params: JsonObject) => agent.request(method, params, signal)
  const _meta = plan.metaOf(context.permissions)
  const terms = { cwd, mcpServers, model, mode, ...(_meta === undefined ? {} : { _meta }) }
  return openSession(ask, terms, toContinue({ plan, context }, told))
}

function toContinue(
  { plan, context }: Pick<Work, 'plan' | 'context'>,
  told: JsonObject,
): Continuation | undefined {
  const kept = keptSession(context.session)
  const method = plan.quirks.continues === false ? undefined : continuationOf(told)
  return kept === undefined || method === undefined ? undefined : { method, sessionId: kept.sessionId }
}

async function* converse(work: Work, session: OpenSession): Call {
  const { plan, context, agent, inbox } = work
  const { prompt, continuation = prompt, approve, permissions } = context
  const { costSpan = 'session' } = plan.quirks
  const before = costBefore(inbox, session.isContinued ? keptSession(context.session)?.costUsd : undefined)
  const cost = createCostMeter(costSpan, before)
  const text = toPromptText(session.isContinued ? continuation : prompt)
  agent.request('session/prompt', { sessionId: session.id, prompt: [{ type: 'text', text }] }).then(
    (response) => inbox.push({ kind: 'over', response }),
    (thrown: unknown) => inbox.push({ kind: 'failed', thrown }),
  )
  const tools = createToolCalls(plan.quirks)
  const said = createAgentText(plan.quirks)
  const end = yield* takeTurn({ sessionId: session.id, inbox, tools, text: said, cost, approve, permissions })
  return toResult(end, plan.quirks)
}

/**
 * Takes what came before the prompt: the history that an agent says again when it loads a session, and words on its
 * modes. None of it is said in this turn; only what the session had cost by then is of use.
 */
function costBefore(inbox: Inbox<TurnMessage>, kept: number | undefined): number | undefined {
  const meter = createCostMeter('process', undefined)
  for (const message of inbox.takeAll()) {
    if (message.kind === 'update') meter.note(fieldsOf(message.params.update))
    if (message.kind === 'permission') message.reply(CANCELLED)
  }
  return meter.total ?? kept
}
