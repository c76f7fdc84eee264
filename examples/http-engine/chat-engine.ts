/**
 * A whole engine, for a chat service over HTTP: streaming, sessions, tools behind an approval, failures,
 * usage, abort. `docs/writing-an-engine.md` goes through it.
 */
import {
  EngineError,
  type EngineEvent,
  type JsonSchema,
  type JsonValue,
  type StepContext,
  type StepEngine,
} from '@batonjs/core'

/** What the service says, a line of JSON each. */
export type Line =
  | { readonly kind: 'conversation'; readonly id: string }
  | { readonly kind: 'text'; readonly text: string }
  | ToolRequest
  | { readonly kind: 'end'; readonly inputTokens: number; readonly outputTokens: number }

/** The model wants something done before it goes on. */
export interface ToolRequest {
  readonly kind: 'tool'
  readonly id: string
  readonly name: string
  readonly input: JsonValue
}

/** What the service is told. */
export interface Message {
  readonly conversation: JsonValue | undefined
  readonly content: JsonValue
  readonly schema: JsonSchema | undefined
}

/** What the model may do on this machine. */
export type Tools = ReadonlyMap<string, (input: JsonValue) => Promise<JsonValue>>

/** A model that never stops asking for tools has no answer. */
const MAX_TURNS = 20

/** An engine for the chat service at `url`. */
export function createChatEngine(url: string, tools: Tools = new Map()): StepEngine {
  return {
    specVersion: 1,
    id: 'chat',
    version: '1.0.0',
    mode: 'http',
    provider: 'example',

    async *runStep(context) {
      const { session, prompt, promptParts } = context
      let turn: Turn = { conversation: session, output: '', inputTokens: 0, outputTokens: 0 }
      // A conversation that goes on knows the prompt already.
      let content: JsonValue = session === undefined ? prompt : promptParts.repair || 'Go on.'
      for (let turns = 0; turns < MAX_TURNS; turns += 1) {
        turn = yield* takeTurn(url, content, turn, context)
        const { output, inputTokens, outputTokens, request } = turn
        if (request === undefined) {
          return { status: 'succeeded', output, usage: { inputTokens, outputTokens } }
        }
        content = yield* useTool(request, tools, context)
      }
      throw new EngineError(`No answer after ${MAX_TURNS} tools`, { code: 'too_many_turns' })
    },

    async probe() {
      const isUp = await fetch(url).then(
        ({ ok }) => ok,
        () => false,
      )
      return isUp ? { available: true } : { available: false, message: `Start the chat service at ${url}` }
    },
  }
}

/** A question and its answer, with the tokens of all turns so far. */
interface Turn {
  readonly conversation: JsonValue | undefined
  readonly output: string
  readonly inputTokens: number
  readonly outputTokens: number
  readonly request?: ToolRequest
}

async function* takeTurn(
  url: string,
  content: JsonValue,
  before: Turn,
  { outputSchema, signal }: StepContext,
): AsyncGenerator<EngineEvent, Turn, void> {
  const { conversation, inputTokens, outputTokens } = before
  let turn: Turn = { conversation, output: '', inputTokens, outputTokens }
  const message: Message = { conversation, content, schema: outputSchema }
  for await (const line of post(url, message, signal)) {
    switch (line.kind) {
      case 'conversation':
        turn = { ...turn, conversation: line.id }
        yield { type: 'session', session: line.id }
        break
      case 'text':
        turn = { ...turn, output: turn.output + line.text }
        yield { type: 'token_chunk', text: line.text }
        break
      case 'tool':
        turn = { ...turn, request: line }
        break
      case 'end': {
        // The service counts a turn, the port the call so far.
        const usage = {
          inputTokens: inputTokens + line.inputTokens,
          outputTokens: outputTokens + line.outputTokens,
        }
        turn = { ...turn, ...usage }
        yield { type: 'usage', usage }
      }
    }
  }
  return turn
}

/** Asks a human first; what the model gets to hear is the tool's output, or that it may not. */
async function* useTool(
  { id, name, input }: ToolRequest,
  tools: Tools,
  context: StepContext,
): AsyncGenerator<EngineEvent, JsonValue, void> {
  const use = tools.get(name)
  if (use === undefined) return { error: `There is no tool "${name}".` }
  const answer = await context.approve({ name, input, summary: `The model wants to use "${name}"` })
  if (!answer.approved) return { refused: answer.comment ?? 'A human said no.' }
  yield { type: 'tool_start', toolCallId: id, tool: name, input, requestId: answer.requestId }
  try {
    const output = await use(input)
    yield { type: 'tool_end', toolCallId: id, tool: name, success: true, output }
    return { output }
  } catch (error) {
    yield { type: 'tool_end', toolCallId: id, tool: name, success: false, output: String(error) }
    return { error: String(error) }
  }
}

/** Sends a message and reads the lines of the answer. */
async function* post(url: string, message: Message, signal: AbortSignal): AsyncGenerator<Line> {
  const request = { method: 'POST', body: JSON.stringify(message), signal }
  const response = await fetch(url, request).catch((cause: unknown) => {
    throw new EngineError(`There is no answer from ${url}`, { code: 'unreachable', retryable: true, cause })
  })
  if (!response.ok) throw toError(response)
  let rest = ''
  for await (const text of response.body?.pipeThrough(new TextDecoderStream()) ?? []) {
    const lines = (rest + text).split('\n')
    rest = lines.pop() ?? ''
    // The service keeps its own promise.
    for (const line of lines) yield JSON.parse(line) as Line
  }
}

/** A service that is busy or broken may be asked again; what it refuses it will refuse again. */
function toError({ status, headers }: Response): EngineError {
  return new EngineError(`The chat service answered with status ${status}`, {
    code: `http_${status}`,
    retryable: status === 429 || status >= 500,
    retryAfterMs: toMilliseconds(headers.get('retry-after')),
  })
}

/** Servers ask for a number of seconds, or name a date. */
function toMilliseconds(retryAfter: string | null): number | undefined {
  if (retryAfter === null) return undefined
  const seconds = Number(retryAfter)
  const milliseconds = Number.isNaN(seconds) ? Date.parse(retryAfter) - Date.now() : seconds * 1_000
  return Number.isNaN(milliseconds) ? undefined : Math.max(0, milliseconds)
}
