/** My job: the lines of `-o stream-json`, as the events of the port. */
import type { EngineEvent, JsonObject, JsonValue, Usage } from '@batonjs/core'
import { amountOf, fieldsOf, textOf } from './fields.ts'

/** What a headless run has told so far. */
export interface CliStory {
  /** Whether it began: before that nothing of the prompt was said. */
  hasBegun: boolean
  /** The last message that has text. */
  answer: string
  /** The last trouble that it told beside its result. */
  trouble: string | undefined
  /** Its final record, without which nothing has succeeded. */
  result: JsonObject | undefined
  /** What has been said since the last message was over. */
  parts: string[]
  /** Names of the tools that were used, by the id of the call. */
  readonly tools: Map<string, string>
}

const SESSION = 'gemini'

/** The session that an earlier attempt told; `undefined` when it is another engine's. */
export function keptSession(told: JsonValue | undefined): string | undefined {
  const { kind, sessionId } = fieldsOf(told)
  return kind === SESSION ? textOf(sessionId) : undefined
}

/** Begins with nothing told. */
export function createCliStory(): CliStory {
  return { hasBegun: false, answer: '', trouble: undefined, result: undefined, parts: [], tools: new Map() }
}

/** A line came. Kinds that are not known say nothing. */
export function readLine(story: CliStory, line: JsonObject): readonly EngineEvent[] {
  return READERS[textOf(line.type) ?? '']?.(story, line) ?? []
}

type Reader = (story: CliStory, line: JsonObject) => readonly EngineEvent[]

const READERS: Readonly<Record<string, Reader>> = {
  init(story, { session_id }) {
    story.hasBegun = true
    const sessionId = textOf(session_id)
    return sessionId === undefined ? [] : [{ type: 'session', session: { kind: SESSION, sessionId } }]
  },
  message({ parts }, { role, content }) {
    const text = role === 'assistant' ? textOf(content) : undefined
    if (text === undefined) return []
    parts.push(text)
    return [{ type: 'token_chunk', text }]
  },
  tool_use(story, { tool_id, tool_name, parameters = {} }) {
    const toolCallId = textOf(tool_id) ?? `tool-${story.tools.size + 1}`
    const tool = textOf(tool_name) ?? 'tool'
    story.tools.set(toolCallId, tool)
    return [...endMessage(story), { type: 'tool_start', toolCallId, tool, input: parameters }]
  },
  tool_result({ tools }, { tool_id, status, output, error }) {
    const toolCallId = textOf(tool_id) ?? ''
    const tool = tools.get(toolCallId)
    if (tool === undefined) return []
    const said = textOf(output) ?? textOf(fieldsOf(error).message)
    const end = { type: 'tool_end', toolCallId, tool, success: status === 'success' } as const
    return [said === undefined ? end : { ...end, output: said }]
  },
  error(story, { message }) {
    story.trouble = textOf(message)
    return []
  },
  result(story, line) {
    story.result = line
    const usage = usageIn(fieldsOf(line.stats))
    return [...endMessage(story), ...(usage === undefined ? [] : [{ type: 'usage', usage } as const])]
  },
}

/** What is said after a tool is another message. */
function endMessage(story: CliStory): readonly EngineEvent[] {
  const content = story.parts.splice(0).join('')
  if (content.trim() === '') return []
  story.answer = content
  return [{ type: 'message', role: 'assistant', content }]
}

/** A run that failed before any answer counts 0 everywhere, and so tells nothing. */
function usageIn(stats: JsonObject): Usage | undefined {
  const inputTokens = amountOf(stats.input_tokens)
  const outputTokens = amountOf(stats.output_tokens)
  const totalTokens = amountOf(stats.total_tokens)
  if (inputTokens === undefined || outputTokens === undefined || totalTokens === undefined) return undefined
  return totalTokens === 0 ? undefined : { inputTokens, outputTokens, totalTokens }
}
