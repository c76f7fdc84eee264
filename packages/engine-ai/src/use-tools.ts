/**
 * My job: the tools that the model wants to use. Every use is shown to the host first (law 7); all of one turn are
 * shown at once, then they run one after the other.
 *
 * Invariants:
 * 1. A tool begins only after its approval, with the input that was shown (rule H4).
 * 2. The session holds the result of a tool before the next one begins, so that a crash repeats none.
 */
import { type ApprovalAnswer, type EngineEvent, type JsonValue, toPlainError } from '@batonjs/core'
import type { ToolCallPart, ToolResultPart, ToolSet } from 'ai'
import { addResult, type Conversation, openCalls, toSession } from './conversation.ts'
import { toPlain } from './plain-value.ts'
import type { AiCall } from './take-turn.ts'
import { isRefused } from './tool-policy.ts'
import { unlessAborted } from './unless-aborted.ts'

type Tool = ToolSet[string]
type ModelOutput = ToolResultPart['output']

/** A use of a tool that has been asked for. */
interface Use {
  readonly part: ToolCallPart
  readonly tool: Tool | undefined
  /** What is shown and what the tool is given. */
  readonly input: JsonValue
  /** Nothing: it needs no approval. */
  readonly answer: Promise<ApprovalAnswer | undefined>
}

/** Uses every tool that has no result yet, and adds what came of it. */
export async function* useTools(
  call: AiCall,
  messages: Conversation,
): AsyncGenerator<EngineEvent, Conversation, void> {
  const uses = openCalls(messages).map((part) => askFor(call, messages, part))
  let said = messages
  for (const use of uses) {
    const output = yield* useTool(call, said, use)
    const { toolCallId, toolName } = use.part
    said = addResult(said, { type: 'tool-result', toolCallId, toolName, output })
    yield { type: 'session', session: toSession(said) }
  }
  return said
}

function askFor(call: AiCall, messages: Conversation, part: ToolCallPart): Use {
  const { tools = {} } = call.options
  const tool = Object.hasOwn(tools, part.toolName) ? tools[part.toolName] : undefined
  const input = toPlain(part.input)
  const answer = permissionFor(call, messages, { part, tool, input })
  // Whoever waits for it is told; until then it is no rejection that nobody handles.
  answer.catch(() => {})
  return { part, tool, input, answer }
}

async function permissionFor(
  call: AiCall,
  messages: Conversation,
  use: Omit<Use, 'answer'>,
): Promise<ApprovalAnswer | undefined> {
  const { toolName: name } = use.part
  if (use.tool === undefined) return undefined
  // What the policy refuses it refuses in `approve`, so that it is recorded.
  const isAsked = isRefused(name, call.context.permissions) || (await needsApproval(use.tool, messages, use))
  if (!isAsked) return undefined
  return await call.context.approve({ name, input: use.input, summary: `The model wants to use "${name}"` })
}

/** What the tool itself says; whoever says nothing, or throws, is asked for. */
async function needsApproval(
  { needsApproval: needed = true }: Tool,
  messages: Conversation,
  { part: { toolCallId }, input }: Omit<Use, 'answer'>,
): Promise<boolean> {
  if (typeof needed === 'boolean') return needed
  try {
    return (await needed(input, { toolCallId, messages: [...messages] })) !== false
  } catch {
    return true
  }
}

/** What the model is told of one use: what came of it, or why it was not done. */
async function* useTool(
  call: AiCall,
  messages: Conversation,
  use: Use,
): AsyncGenerator<EngineEvent, ModelOutput, void> {
  const { part, tool, input } = use
  const answer = await unlessAborted(use.answer, call.signal)
  if (answer?.approved === false) return { type: 'execution-denied', reason: denialIn(answer) }
  const { toolCallId, toolName } = part
  const request = answer === undefined ? {} : { requestId: answer.requestId }
  yield { type: 'tool_start', toolCallId, tool: toolName, input, ...request }
  const startedAt = performance.now()
  const { success, output, told } = await attempt(call, messages, { part, tool, input })
  const durationMs = performance.now() - startedAt
  yield { type: 'tool_end', toolCallId, tool: toolName, success, output, durationMs }
  return told
}

function denialIn({ by, comment }: ApprovalAnswer): string {
  return comment ?? (by === 'policy' ? 'The permissions of this run say no.' : 'A human said no.')
}

interface Outcome {
  readonly success: boolean
  readonly output: JsonValue
  /** The same for the model. */
  readonly told: ModelOutput
}

/** Runs a tool. What it throws is an answer for the model, unless the call itself is aborted. */
async function attempt(call: AiCall, messages: Conversation, use: Omit<Use, 'answer'>): Promise<Outcome> {
  try {
    // A tool that does not hear the signal holds nobody up.
    return await unlessAborted(run(call, messages, use), call.signal)
  } catch (thrown) {
    call.signal.throwIfAborted()
    const { message } = toPlainError(thrown)
    return { success: false, output: message, told: { type: 'error-text', value: message } }
  }
}

async function run(
  call: AiCall,
  messages: Conversation,
  { part: { toolCallId, toolName }, tool, input }: Omit<Use, 'answer'>,
): Promise<Outcome> {
  if (tool?.execute === undefined) throw new Error(`There is no tool "${toolName}".`)
  const context = { toolCallId, messages: [...messages], abortSignal: call.signal }
  const output = await lastOf(tool.execute(input, context))
  const told = await tool.toModelOutput?.({ toolCallId, input, output })
  return { success: true, output: toPlain(output), told: told ?? toModelOutput(output) }
}

function toModelOutput(output: unknown): ModelOutput {
  return typeof output === 'string'
    ? { type: 'text', value: output }
    : // What is mutable to the SDK is not changed by it.
      { type: 'json', value: toPlain(output) as Extract<ModelOutput, { readonly type: 'json' }>['value'] }
}

/** A tool may give its output in parts, each more complete than the one before. */
async function lastOf(output: unknown): Promise<unknown> {
  if (!isAsyncIterable(output)) return await output
  let last: unknown
  for await (const part of output) last = part
  return last
}

function isAsyncIterable(value: unknown): value is AsyncIterable<unknown> {
  return typeof value === 'object' && value !== null && Symbol.asyncIterator in value
}
