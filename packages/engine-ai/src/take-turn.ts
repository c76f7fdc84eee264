/** My job: to ask the model once, and to tell what it says while it says it. My neighbour uses the tools. */
import { EngineError, type EngineEvent, type PermissionLists, type StepContext } from '@batonjs/core'
import type { LanguageModel, LanguageModelUsage, ModelMessage, TextStreamPart, ToolSet } from 'ai'
import type { AiEngineOptions } from './ai-options.ts'
import type { AiSdk } from './ai-sdk.ts'
import { type Conversation, systemOf } from './conversation.ts'
import { withOwnIds } from './own-ids.ts'
import { toPlain } from './plain-value.ts'
import { isRefused } from './tool-policy.ts'

/** One call of the engine. */
export interface AiCall {
  readonly sdk: AiSdk
  readonly options: AiEngineOptions
  readonly context: StepContext
  readonly model: LanguageModel
  /** Aborts with the call, and when nobody reads any more. */
  readonly signal: AbortSignal
}

/** What the model said in one turn. */
export interface Turn {
  readonly text: string
  /** What it adds to the conversation. */
  readonly messages: readonly ModelMessage[]
  readonly finishReason: Finish['finishReason']
  /** The same in the words of the service; none when it gave none. */
  readonly rawFinishReason: Finish['rawFinishReason']
  readonly usage: LanguageModelUsage
  /** The model that was asked. */
  readonly askedFor: string
  /** The model that answered, as the service says. */
  readonly modelId: string
}

type Part = TextStreamPart<ToolSet>
type Finish = Extract<Part, { readonly type: 'finish-step' }>

/** Asks the model to go on. Throws what the SDK told as an error of the stream. */
export async function* takeTurn(
  call: AiCall,
  messages: Conversation,
): AsyncGenerator<EngineEvent, Turn, void> {
  const stream = call.sdk.streamText(requestOf(call, messages))
  let text = ''
  let finish: Finish | undefined
  const areWrong: boolean[] = []
  for await (const part of stream.fullStream) {
    if (part.type === 'error') throw part.error
    if (part.type === 'abort') call.signal.throwIfAborted()
    if (part.type === 'finish-step') finish = part
    if (part.type === 'text-delta') text += part.text
    if (part.type === 'tool-call' && part.providerExecuted !== true) areWrong.push(part.invalid === true)
    yield* eventsOf(part)
  }
  call.signal.throwIfAborted()
  if (finish === undefined) {
    throw new EngineError('The answer of the model ended before its end.', {
      code: 'network',
      retryable: true,
    })
  }
  const { finishReason, rawFinishReason, usage, response } = finish
  const said = withOwnIds(messages, { messages: (await stream.response).messages, areWrong })
  const models = { askedFor: modelIdOf(call.model), modelId: response.modelId }
  return { text, messages: said, finishReason, rawFinishReason, usage, ...models }
}

/** The name of a model. */
export function modelIdOf(model: LanguageModel): string {
  return typeof model === 'string' ? model : model.modelId
}

function requestOf(call: AiCall, messages: Conversation): Parameters<AiSdk['streamText']>[0] {
  const { context, model, options, signal } = call
  const { settings, tools } = options
  const system = systemOf(context, options.system)
  const output = outputOf(call)
  return {
    ...settings,
    model,
    messages: [...messages],
    ...(system === undefined ? {} : { system }),
    ...(tools === undefined ? {} : { tools: declarationsOf(tools, context.permissions) }),
    ...(output === undefined ? {} : { output }),
    // Core tries again, and the steps are this engine's: between them it asks, acts and keeps the session.
    maxRetries: 0,
    abortSignal: signal,
    // The SDK would print what is thrown here anyway.
    onError: () => {},
  }
}

/**
 * What the model is told of the tools; the SDK itself is given nothing that it could run. One that runs at the vendor
 * cannot be refused when it is used: the model does not hear of it.
 */
function declarationsOf(tools: ToolSet, permissions: PermissionLists): ToolSet {
  const declared = Object.entries(tools)
    .filter(([name, { type }]) => type !== 'provider' || !isRefused(name, permissions))
    .map(([name, { execute, needsApproval, ...tool }]) => [name, tool])
  // What is left of a tool is a tool that its caller runs.
  return Object.fromEntries(declared) as ToolSet
}

/** A schema that the service can be given: most take objects only. The answer is checked by core. */
function outputOf({ sdk, options, context }: AiCall): ReturnType<AiSdk['Output']['object']> | undefined {
  const { outputSchema } = context
  if (outputSchema === undefined || options.structuredOutput === false) return undefined
  if (outputSchema.type !== 'object') return undefined
  // A JSON Schema as data is what the SDK calls JSONSchema7.
  return sdk.Output.object({ schema: sdk.jsonSchema(outputSchema as Parameters<AiSdk['jsonSchema']>[0]) })
}

/** What is told of a part: text, and the tools that run at the vendor or that were called in a wrong way. */
function* eventsOf(part: Part): Generator<EngineEvent, void, void> {
  if (part.type === 'text-delta' && part.text !== '') yield { type: 'token_chunk', text: part.text }
  if (part.type === 'tool-call' && (part.providerExecuted === true || part.invalid === true))
    yield { type: 'tool_start', ...toolOf(part), input: toPlain(part.input) }
  if (part.type === 'tool-result' && part.preliminary !== true)
    yield { type: 'tool_end', ...toolOf(part), success: true, output: toPlain(part.output) }
  if (part.type === 'tool-error')
    yield { type: 'tool_end', ...toolOf(part), success: false, output: toPlain(part.error) }
}

function toolOf({ toolCallId, toolName }: { readonly toolCallId: string; readonly toolName: string }) {
  return { toolCallId, tool: toolName }
}
