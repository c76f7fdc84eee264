import type { ApprovalAnswer, EngineEvent, JsonObject, StepResult } from '@batonjs/core'
import { resultOf, textOf } from './default-answer.ts'
import type {
  StubAct,
  StubCall,
  StubFailure,
  StubProposal,
  StubReply,
  StubStream,
  StubTool,
} from './script.ts'
import { type StubClock, unlessAborted, wait } from './stub-clock.ts'

type Performance = AsyncGenerator<EngineEvent, void, void>

/** One call on the stage: what it is, what it gathered, and what it listens to. */
export interface Stage {
  readonly call: StubCall
  readonly approvals: ApprovalAnswer[]
  readonly answers: JsonObject[]
  readonly clock: StubClock
  /** Left out when the reply is stubborn. */
  readonly signal: AbortSignal | undefined
  /** Tools used so far. */
  tools: number
}

/** Plays a reply: its acts, its text, its ending. Rejects with the signal's reason when aborted. */
export async function* perform(
  reply: StubReply,
  stage: Stage,
): AsyncGenerator<EngineEvent, StepResult, void> {
  for (const act of reply.acts ?? []) {
    stage.signal?.throwIfAborted()
    yield* performAct(act, stage)
  }
  stage.signal?.throwIfAborted()
  const endsBadly = reply.fail !== undefined || reply.ending !== undefined
  const text = endsBadly && reply.text === undefined ? '' : textOf(reply, stage.call)
  if (reply.stream !== undefined) yield* streamText(text, reply.stream, stage)
  if (text !== '') yield { type: 'message', role: 'assistant', content: text }
  return end(reply, text, stage)
}

async function* performAct(act: StubAct, stage: Stage): Performance {
  if ('type' in act) {
    yield act
    return
  }
  switch (act.kind) {
    case 'raw':
      // Not an engine event when the script wants to see what core does with it.
      yield act.event as EngineEvent
      return
    case 'tool':
      return yield* useTool(act, stage)
    case 'propose':
      return yield* propose(act, stage)
    default:
      return performInSilence(act, stage)
  }
}

type SilentAct = Exclude<StubAct, EngineEvent | StubTool | StubProposal | { kind: 'raw' }>

async function performInSilence(act: SilentAct, { call, answers, clock, signal }: Stage): Promise<void> {
  const { context } = call
  switch (act.kind) {
    case 'wait':
      return wait(clock, act.ms, signal)
    case 'ask':
      answers.push(await unlessAborted(context.ask(act.questions, act.options), signal))
      return
    case 'facts':
      return context.facts.put(act.facts)
    case 'record':
      return context.record(act.event)
    case 'artifact':
      return context.artifacts.put(act.path, act.content)
    case 'run':
      await unlessAborted(Promise.resolve(act.run(call)), signal)
  }
}

async function* propose({ action, options, output }: StubProposal, stage: Stage): Performance {
  const answer = await unlessAborted(stage.call.context.approve(action, options), stage.signal)
  stage.approvals.push(answer)
  if (!answer.approved) return
  const { requestId } = answer
  yield* useTool(
    { kind: 'tool', tool: action.name, ...optional({ input: action.input, output, requestId }) },
    stage,
  )
}

async function* useTool(use: StubTool, stage: Stage): Performance {
  stage.tools++
  const { tool, toolCallId = `${tool}-${stage.tools}`, success = true } = use
  const { input, output, requestId } = use
  yield { type: 'tool_start', toolCallId, tool, ...optional({ input, requestId }) }
  yield { type: 'tool_end', toolCallId, tool, success, ...optional({ output }) }
}

async function* streamText(text: string, { size = 16, everyMs = 0 }: StubStream, stage: Stage): Performance {
  for (let start = 0; start < text.length; start += size) {
    if (everyMs > 0) await wait(stage.clock, everyMs, stage.signal)
    yield { type: 'token_chunk', text: text.slice(start, start + size) }
  }
}

async function end(reply: StubReply, text: string, stage: Stage): Promise<StepResult> {
  const { fail, ending } = reply
  if (fail !== undefined) return { ...resultOf(reply, stage.call, text), ...failed(fail, stage.call) }
  switch (ending?.kind) {
    case 'throw':
      throw ending.value
    case 'hang':
      return unlessAborted(new Promise<never>(() => {}), stage.signal)
    case 'return':
      // Not a result when the script wants to see what core does with it.
      return ending.result as StepResult
    default:
      return resultOf(reply, stage.call, text)
  }
}

function failed(failure: StubFailure, call: StubCall): Pick<StepResult, 'status' | 'error'> {
  const message = `[stub] ${call.address} fails as scripted`
  return { status: 'failed', error: { retryable: false, message, ...failure } }
}

/** The members that have a value; a type of its own, for an absent member is not an undefined one. */
function optional<T extends object>(members: T): { [K in keyof T]?: Exclude<T[K], undefined> } {
  const entries = Object.entries(members).filter(([, value]) => value !== undefined)
  // Object.fromEntries forgets which names it was given.
  return Object.fromEntries(entries) as { [K in keyof T]?: Exclude<T[K], undefined> }
}
