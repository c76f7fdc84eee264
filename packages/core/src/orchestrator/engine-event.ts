/** My job: to tell what an engine yields from what only looks like it, and to make events of it. */
import type { EngineEvent } from '../engine/result.ts'
import type { EventDraft } from '../events/swarm-event.ts'
import { isJsonObject, type JsonObject, type JsonValue } from '../flow/json.ts'
import { toPlainJson } from './plain-json.ts'
import type { RunningCall } from './running-call.ts'

const TOOL_CHARACTERS = 4_096

/** Whether it is streamed text: told apart first and cheaply, for it is on the path of every token. */
export function isChunk(event: unknown): event is { readonly type: 'token_chunk'; readonly text: string } {
  return (
    typeof event === 'object' &&
    event !== null &&
    'type' in event &&
    event.type === 'token_chunk' &&
    'text' in event &&
    typeof event.text === 'string'
  )
}

const NAMES: ReadonlySet<unknown> = new Set<EngineEvent['type']>([
  'message',
  'tool_start',
  'tool_end',
  'file_changes',
  'usage',
  'session',
  'retry_notice',
])

/** An event with its promised members, as a copy that shares nothing with the engine. */
export function parseEngineEvent(raw: unknown): EngineEvent | undefined {
  try {
    const { value } = toPlainJson(raw)
    return isEngineEvent(value) ? value : undefined
  } catch {
    return undefined
  }
}

function isEngineEvent(value: unknown): value is EngineEvent {
  return isJsonObject(value) && NAMES.has(value.type) && hasMembers(value)
}

function hasMembers(event: JsonObject): boolean {
  switch (event.type) {
    case 'message':
      return typeof event.content === 'string' && typeof event.role === 'string'
    case 'tool_start':
      return typeof event.toolCallId === 'string' && typeof event.tool === 'string'
    case 'tool_end':
      return (
        typeof event.toolCallId === 'string' &&
        typeof event.tool === 'string' &&
        typeof event.success === 'boolean'
      )
    case 'file_changes':
      return Array.isArray(event.files)
    case 'retry_notice':
      return typeof event.message === 'string'
    case 'session':
      return event.session !== undefined
    default:
      return true
  }
}

/** The durable event that it becomes, if it becomes one. */
export function toDraft({ scope }: RunningCall, event: EngineEvent): EventDraft | undefined {
  switch (event.type) {
    case 'tool_start':
      return { ...scope, ...event, ...clipMember('input', event.input) }
    case 'tool_end':
      return { ...scope, ...event, ...clipMember('output', event.output) }
    case 'file_changes':
      return { ...scope, type: 'file_changes', files: event.files }
    case 'session':
      return { ...scope, type: 'step_session', session: event.session }
    default:
      return undefined
  }
}

/** A long member becomes the beginning of its JSON: the transcript has it whole. */
function clipMember(
  name: 'input' | 'output',
  value: JsonValue | undefined,
): { input?: JsonValue; output?: JsonValue } {
  if (value === undefined) return {}
  const text = typeof value === 'string' ? value : JSON.stringify(value)
  if (text.length <= TOOL_CHARACTERS) return { [name]: value }
  return { [name]: `${text.slice(0, TOOL_CHARACTERS)}... (truncated)` }
}
