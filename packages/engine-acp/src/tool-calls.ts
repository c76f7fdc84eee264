/**
 * My job: the tool calls that an agent tells of, as the events of the port.
 *
 * 1. A call begins when it is known to run: not while it is only pending, for it may still ask. So a `tool_start` of a
 *    call that was approved comes after the approval, with its request (rule H4).
 * 2. A call that was rejected never began, whatever the agent says of it later.
 * 3. An agent may ask for a call that it said was running, and more than once: each approval is a start of its own.
 */
import type { EngineEvent, FileChange, JsonObject, JsonValue } from '@batonjs/core'
import { fieldsOf, isTold, membersOf, textOf } from './fields.ts'

/** What a human is shown of a call. */
export interface ProposedTool {
  readonly id: string
  readonly name: string
  readonly input: JsonValue
  readonly summary: string
  /** Whether the input is all that the tool is given, as far as that shows. */
  readonly isWhole: boolean
}

/** The tool calls of one turn. */
export interface ToolCalls {
  /** A `tool_call` or `tool_call_update`. */
  update(told: JsonObject): readonly EngineEvent[]
  /** The agent asks whether it may. */
  propose(told: JsonObject): ProposedTool
  /** It may: what was shown runs now. */
  approve(tool: ProposedTool, requestId: string): readonly EngineEvent[]
  /** It may not. */
  reject(tool: ProposedTool): void
}

interface ToolCall {
  readonly id: string
  /** All that was told of it; what was told last counts. */
  told: JsonObject
  /** The ids under which it was started and not yet ended. */
  open: readonly string[]
  starts: number
  /** Requests without an answer. */
  asking: number
  isOver: boolean
}

/** What an agent tells of its tools in a way of its own. */
export interface ToolQuirks {
  /** Whether the name of a tool stands before a `__` of the call's id, as with Gemini. @default false */
  readonly toolNameInId?: boolean
  /** Whether it says that a call runs and then asks whether it may, as opencode does. @default false */
  readonly asksWhileRunning?: boolean
  /**
   * Members of a tool's input that are not for the tool: ids and times. They would make each request another one, which
   * no answer to an earlier attempt fits (rule H4). @default none
   */
  readonly notInput?: readonly string[]
}

/** Follows the tool calls of a turn. */
export function createToolCalls(quirks: ToolQuirks): ToolCalls {
  const calls = new Map<string, ToolCall>()
  const note = (told: JsonObject): ToolCall => {
    const id = textOf(told.toolCallId) ?? `tool-${calls.size + 1}`
    const call = calls.get(id) ?? { id, told: {}, open: [], starts: 0, asking: 0, isOver: false }
    calls.set(id, call)
    call.told = { ...call.told, ...Object.fromEntries(Object.entries(told).filter(([, it]) => isTold(it))) }
    return call
  }
  return {
    update(told) {
      const call = note(told)
      return call.isOver ? [] : eventsOf(call, textOf(told.status), quirks)
    },
    propose(told) {
      const call = note(told)
      call.asking += 1
      call.isOver = false
      const name = nameOf(call, quirks)
      const summary = textOf(call.told.title) ?? name
      return { id: call.id, name, input: inputOf(call, quirks), summary, isWhole: isWhole(call) }
    },
    approve({ id, name, input }, requestId) {
      const call = note({ toolCallId: id })
      call.asking -= 1
      return [{ ...begin(call, name, input), requestId }]
    },
    reject({ id }) {
      const call = note({ toolCallId: id })
      call.asking -= 1
      call.isOver = call.open.length === 0
    },
  }
}

function eventsOf(call: ToolCall, status: string | undefined, quirks: ToolQuirks): readonly EngineEvent[] {
  const mayAsk = call.asking > 0 || quirks.asksWhileRunning === true
  const isRunning = status === 'in_progress' && !mayAsk
  const isDone = status === 'completed' || status === 'failed'
  if (!isRunning && !isDone) return []
  const started = call.open.length > 0 ? [] : [begin(call, nameOf(call, quirks), inputOf(call, quirks))]
  return isDone ? [...started, ...end(call, nameOf(call, quirks), status === 'completed')] : started
}

function begin(call: ToolCall, tool: string, input: JsonValue) {
  call.starts += 1
  const toolCallId = call.starts === 1 ? call.id : `${call.id}:${call.starts}`
  call.open = [...call.open, toolCallId]
  return { type: 'tool_start', toolCallId, tool, input } as const
}

function end(call: ToolCall, tool: string, success: boolean): readonly EngineEvent[] {
  const output = outputOf(call.told)
  const told = { tool, success, ...(output === undefined ? {} : { output }) }
  const ended = call.open.map((toolCallId) => ({ type: 'tool_end', toolCallId, ...told }) as const)
  call.open = []
  call.isOver = true
  const files = success ? changesIn(call.told) : []
  return files.length === 0 ? ended : [...ended, { type: 'file_changes', files }]
}

/** The protocol's name, else where agents put it, else the kind of tool, such as `edit` and `execute`. */
function nameOf({ id, told }: ToolCall, { toolNameInId = false }: ToolQuirks): string {
  const claude = fieldsOf(fieldsOf(told._meta).claudeCode).toolName
  const inId = toolNameInId ? nameIn(id) : undefined
  return textOf(told.name) ?? textOf(claude) ?? inId ?? textOf(told.kind) ?? 'tool'
}

/** As in `glob__glob_17_0`, `glob-1795267344574-1` and `glob__17`. */
const NAMES_IN_IDS = [/^(.+)__\1[_-]\d+[_-]\d+$/, /^(.+)-\d{13}-\d+$/, /^(.+)__/]

/** A name may have `__` itself, such as one of an MCP server that gathers others. */
function nameIn(id: string): string | undefined {
  return NAMES_IN_IDS.flatMap((pattern) => pattern.exec(id)?.[1] ?? [])[0]
}

/** What the tool is given; what the agent shows of it where it keeps that to itself, as Gemini does. */
function inputOf({ told }: ToolCall, { notInput = [] }: ToolQuirks): JsonValue {
  if (isTold(told.rawInput)) return without(told.rawInput, notInput)
  const { title = null, kind = null, locations = null, content = null } = told
  const shown = Object.entries({ title, kind, locations, content })
  return Object.fromEntries(shown.filter(([, it]) => isTold(it)))
}

/** How Gemini's words begin or end where it leaves out a part of what a tool is given. */
const CUT = /^\[Payload omitted|\.\.\."?$/

function isWhole({ told }: ToolCall): boolean {
  if (isTold(told.rawInput)) return true
  const words = isTold(told.content) ? textsIn(told.content) : [textOf(told.title) ?? '']
  return !words.some((text) => CUT.test(text))
}

function textsIn(content: JsonValue | undefined): readonly string[] {
  return membersOf(content).map((part) => textOf(fieldsOf(fieldsOf(part).content).text) ?? '')
}

function without(input: JsonValue, names: readonly string[]): JsonValue {
  if (names.length === 0 || typeof input !== 'object') return input
  return Object.fromEntries(Object.entries(fieldsOf(input)).filter(([name]) => !names.includes(name)))
}

function outputOf({ rawOutput, content }: JsonObject): JsonValue | undefined {
  if (isTold(rawOutput)) return rawOutput
  return textOf(textsIn(content).join(''))
}

function changesIn({ content }: JsonObject): readonly FileChange[] {
  return membersOf(content)
    .map(fieldsOf)
    .flatMap((part): readonly FileChange[] => {
      const path = textOf(part.path)
      return part.type === 'diff' && path !== undefined ? [{ path, action: actionOf(part) }] : []
    })
}

function actionOf({ oldText, newText, _meta }: JsonObject): FileChange['action'] {
  const { kind } = fieldsOf(_meta)
  if (kind === 'add' || oldText === null || oldText === undefined) return 'created'
  return kind === 'delete' && newText === '' ? 'deleted' : 'modified'
}
