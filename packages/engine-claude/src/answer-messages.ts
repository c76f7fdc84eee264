/** My job: what the model says and what its tools answer, as events. */
import type { EngineEvent, JsonObject, JsonValue } from '@batonjs/core'
import { DENIAL } from './control.ts'
import { memberOf, objectIn, objectsIn, textIn } from './fields.ts'
import type { ToolOutcome } from './tool-log.ts'
import type { Transcript } from './transcript.ts'
import { toUsageEvents } from './usage-count.ts'

/** A piece of an answer that is being written. Of a subagent it is nothing for readers. */
export function readStream(transcript: Transcript, message: JsonObject): readonly EngineEvent[] {
  if (parentOf(message) !== undefined) return []
  const event = objectIn(message, 'event')
  switch (event.type) {
    case 'message_start':
      return startAnswer(transcript, objectIn(event, 'message'))
    case 'content_block_delta':
      return readDelta(transcript, objectIn(event, 'delta'))
    case 'message_delta':
      return toUsageEvents(transcript.usage.count(objectIn(event, 'usage')))
    default:
      return []
  }
}

function startAnswer({ text, usage }: Transcript, message: JsonObject): readonly EngineEvent[] {
  const spent = usage.begin(objectIn(message, 'usage'))
  return [...voidNotice(text.breakOff()), ...toUsageEvents(spent)]
}

function readDelta({ text }: Transcript, delta: JsonObject): readonly EngineEvent[] {
  const piece = delta.type === 'text_delta' ? textIn(delta, 'text') : undefined
  if (piece === undefined || piece === '') return []
  text.add(piece)
  return [{ type: 'token_chunk', text: piece }]
}

function voidNotice(isVoid: boolean): readonly EngineEvent[] {
  const message = 'The stream broke: what was streamed of the answer is void.'
  return isVoid ? [{ type: 'retry_notice', message }] : []
}

/** Blocks of an answer that are whole. */
export function readAssistant(transcript: Transcript, message: JsonObject): readonly EngineEvent[] {
  const error = textIn(message, 'error')
  if (error !== undefined) {
    // Claude's own words on what went wrong: the result will say them, but not this word.
    transcript.hints = { ...transcript.hints, error }
    return []
  }
  const parent = parentOf(message)
  const answer = objectIn(message, 'message')
  const model = textIn(answer, 'model')
  if (parent === undefined && model !== undefined) transcript.model = model
  const blocks = objectsIn(answer, 'content')
  const started = parent === undefined ? [] : transcript.tools.begin(parent)
  return [...started, ...blocks.flatMap((block) => readBlock(transcript, block, parent === undefined))]
}

function readBlock(transcript: Transcript, block: JsonObject, isMain: boolean): readonly EngineEvent[] {
  switch (block.type) {
    case 'text':
      return isMain ? settleText(transcript, textIn(block, 'text') ?? '') : []
    case 'tool_use':
      return transcript.tools.announce(identityOf(block), objectIn(block, 'input'))
    default:
      return []
  }
}

function identityOf(block: JsonObject) {
  return { toolUseId: textIn(block, 'id') ?? '', tool: textIn(block, 'name') ?? '' }
}

function settleText({ text }: Transcript, content: string): readonly EngineEvent[] {
  const { unseen, isVoid } = text.settle(content)
  return [
    ...voidNotice(isVoid),
    ...(unseen === '' ? [] : [{ type: 'token_chunk', text: unseen } as const]),
    ...(content === '' ? [] : [{ type: 'message', role: 'assistant', content } as const]),
  ]
}

/** What tools answer, and what Claude says to the model in the user's place. */
export function readUser(transcript: Transcript, message: JsonObject): readonly EngineEvent[] {
  const parent = parentOf(message)
  const started = parent === undefined ? [] : transcript.tools.begin(parent)
  const blocks = objectsIn(objectIn(message, 'message'), 'content')
  return [
    ...started,
    ...blocks.flatMap((block) => {
      if (block.type === 'tool_result') return transcript.tools.end(toOutcome(block, message))
      const content = textIn(block, 'text') ?? ''
      return parent === undefined && content !== ''
        ? [{ type: 'message', role: 'user', content } as const]
        : []
    }),
  ]
}

function toOutcome(block: JsonObject, message: JsonObject): ToolOutcome {
  const toolUseId = textIn(block, 'tool_use_id') ?? ''
  const output = toOutput(memberOf(block, 'content'))
  return {
    toolUseId,
    success: block.is_error !== true,
    isRefused: isRefused(toolUseId, message) || String(output).startsWith(DENIAL),
    output,
    details: memberOf(message, 'tool_use_result'),
  }
}

/** Newer versions say of a tool why it did not run. */
function isRefused(toolUseId: string, message: JsonObject): boolean {
  const meta = objectsIn(message, 'tool_result_meta').find(({ id }) => id === toolUseId)
  return textIn(meta, 'non_execution_kind') !== undefined
}

/** Texts as one text; of an image that there was one. */
function toOutput(content: JsonValue | undefined): JsonValue {
  if (!Array.isArray(content)) return content ?? null
  return content.map((block) => textIn(block, 'text') ?? `[${textIn(block, 'type') ?? 'unknown'}]`).join('\n')
}

/** The tool use within which a subagent says this. */
function parentOf(message: JsonObject): string | undefined {
  return textIn(message, 'parent_tool_use_id')
}
