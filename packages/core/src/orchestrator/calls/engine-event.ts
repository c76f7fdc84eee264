/**
 * My job: to tell what an engine yields from what only looks like it, and to make events of it.
 *
 * Invariants:
 * 1. An event keeps the members that the port promises and no other: an engine cannot forge an identity.
 * 2. What goes into the journal is bounded (fault 22): long inputs and outputs are cut, the transcript has
 *    them whole; a name without end is no event.
 */
import type { EngineEvent } from '../../engine/result.ts'
import type { FileChange } from '../../events/step-events.ts'
import type { EventDraft } from '../../events/swarm-event.ts'
import { isJsonObject, type JsonObject, type JsonValue } from '../../flow/json.ts'
import type { InputProblem } from '../../input/problems.ts'
import { toPlainJson } from '../plain-json.ts'
import { NO_SECRETS } from '../secrets/secrets.ts'
import { isAmount, isCount, isName, PATH_CHARACTERS, problemsInEvent } from './engine-shapes.ts'
import type { RunningCall } from './running-call.ts'

const TOOL_CHARACTERS = 4_096
const LINE_CHARACTERS = 65_536
const FILES_AT_ONCE = 500

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

/** What an engine has yielded. */
export interface EngineReading {
  /** Its promised members, as a copy that shares nothing with the engine; nothing when it is no event. */
  readonly event: EngineEvent | undefined
  /** Everything that is wrong with it; what is wrong with an event was left out of it. */
  readonly problems: readonly InputProblem[]
}

/** Reads what an engine yields, without secrets. Never throws, whatever that is. */
export function readEngineEvent(raw: unknown, secrets = NO_SECRETS): EngineReading {
  try {
    const { value } = toPlainJson(secrets.copy(raw), 'event')
    return { event: isJsonObject(value) ? readEvent(value) : undefined, problems: problemsInEvent(value) }
  } catch (thrown) {
    return { event: undefined, problems: [{ path: 'event', message: secrets.plainError(thrown).message }] }
  }
}

/** What is wrong with an event that an engine yields, in words; none for a sound one. Never throws. */
export function engineEventProblems(event: unknown): readonly string[] {
  return readEngineEvent(event).problems.map(({ message }) => message)
}

function readEvent(event: JsonObject): EngineEvent | undefined {
  const { type } = event
  switch (type) {
    case 'token_chunk':
      return typeof event.text === 'string' ? { type, text: event.text } : undefined
    case 'message':
      return readMessage(event)
    case 'tool_start':
      return readToolStart(event)
    case 'tool_end':
      return readToolEnd(event)
    case 'file_changes':
      return Array.isArray(event.files) ? { type, files: event.files.flatMap(readFile) } : undefined
    case 'usage':
      return isJsonObject(event.usage) ? readUsage(event, event.usage) : undefined
    case 'session':
      return readSession(event.session)
    case 'retry_notice':
      return typeof event.message === 'string' ? readNotice(event.message, event.delayMs) : undefined
    default:
      return undefined
  }
}

function readMessage({ role, content }: JsonObject): EngineEvent | undefined {
  const isRole = role === 'system' || role === 'user' || role === 'assistant'
  return isRole && typeof content === 'string' ? { type: 'message', role, content } : undefined
}

function readToolStart({ toolCallId, tool, input, requestId }: JsonObject): EngineEvent | undefined {
  if (!isName(toolCallId) || !isName(tool)) return undefined
  return {
    type: 'tool_start',
    toolCallId,
    tool,
    ...(input === undefined ? {} : { input }),
    ...(isName(requestId) ? { requestId } : {}),
  }
}

function readToolEnd({ toolCallId, tool, success, output, durationMs }: JsonObject): EngineEvent | undefined {
  if (!isName(toolCallId) || !isName(tool) || typeof success !== 'boolean') return undefined
  return {
    type: 'tool_end',
    toolCallId,
    tool,
    success,
    ...(output === undefined ? {} : { output }),
    ...(isAmount(durationMs) ? { durationMs } : {}),
  }
}

/** A changed file; what is none is left out. */
function readFile(file: JsonValue): readonly FileChange[] {
  if (!isJsonObject(file)) return []
  const { path, action, insertions, deletions } = file
  const isAction = action === 'created' || action === 'modified' || action === 'deleted'
  if (!isAction || !isName(path, PATH_CHARACTERS)) return []
  return [
    {
      path,
      action,
      ...(isCount(insertions) ? { insertions } : {}),
      ...(isCount(deletions) ? { deletions } : {}),
    },
  ]
}

/** What it says is believed only as far as it can be: `believableSpent`. */
function readUsage({ costUsd }: JsonObject, usage: JsonObject): EngineEvent {
  return { type: 'usage', usage, ...(typeof costUsd === 'number' ? { costUsd } : {}) }
}

function readSession(session: JsonValue | undefined): EngineEvent | undefined {
  return session === undefined ? undefined : { type: 'session', session }
}

function readNotice(message: string, delayMs: JsonValue | undefined): EngineEvent {
  const text = message.slice(0, TOOL_CHARACTERS)
  return { type: 'retry_notice', message: text, ...(isAmount(delayMs) ? { delayMs } : {}) }
}

/** The durable events that it becomes. */
export function toDrafts({ scope }: RunningCall, event: EngineEvent): readonly EventDraft[] {
  switch (event.type) {
    case 'tool_start':
      return [{ ...scope, ...event, ...clipMember('input', event.input) }]
    case 'tool_end':
      return [{ ...scope, ...event, ...clipMember('output', event.output) }]
    case 'file_changes':
      return batchesOf(event.files).map((files) => ({ ...scope, type: 'file_changes', files }))
    default:
      return []
  }
}

/** Lists whose lines stay short. */
function batchesOf(files: readonly FileChange[]): readonly (readonly FileChange[])[] {
  const batches: FileChange[][] = []
  let room = 0
  for (const file of files) {
    if (room < file.path.length || (batches.at(-1)?.length ?? FILES_AT_ONCE) >= FILES_AT_ONCE) {
      batches.push([])
      room = LINE_CHARACTERS
    }
    batches.at(-1)?.push(file)
    room -= file.path.length
  }
  return batches
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
