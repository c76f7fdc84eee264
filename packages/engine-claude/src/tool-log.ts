/**
 * My job: which tools Claude wants, and which of them run.
 *
 * 1. Claude announces a tool before it asks for permission. Whether it asks is not known then: a tool is said to have
 *    started when it was approved, when it is one that never asks, or when something shows that it runs (rule H4).
 * 2. One that was said to have started and asks all the same, as for files that Claude protects, is ended and started
 *    anew under another id: its start has the request that allowed it (rule H4).
 * 3. A tool that was refused, by people or by the host's policy, has never started; what the model hears is told.
 */
import type { EngineEvent, JsonObject, JsonValue } from '@batonjs/core'
import { fileChangesOf } from './file-changes.ts'
import { ANSWER_TOOL } from './tool-names.ts'

/** How a tool ended, as Claude says it. */
export interface ToolOutcome {
  readonly toolUseId: string
  readonly success: boolean
  /** It was refused before it ran. */
  readonly isRefused: boolean
  readonly output: JsonValue
  /** What it did, in the form of its own. */
  readonly details: unknown
}

/** The tools of one call. All but the first member give the events that follow. */
export interface ToolLog {
  /** The name by which the model has announced a use, else the one given: Claude asks for some tools by another one. */
  nameOf(tool: ToolIdentity): string
  announce(tool: ToolIdentity, input: JsonObject): readonly EngineEvent[]
  /** There is a sign that it runs. */
  begin(toolUseId: string): readonly EngineEvent[]
  approve(tool: ToolIdentity, input: JsonObject, requestId?: string): readonly EngineEvent[]
  refuse(tool: ToolIdentity, message: string): readonly EngineEvent[]
  end(outcome: ToolOutcome): readonly EngineEvent[]
}

/** Which use of which tool. */
export interface ToolIdentity {
  readonly tool: string
  readonly toolUseId: string
}

interface Use {
  /** As its events name it. */
  readonly callId: string
  readonly tool: string
  readonly input: JsonObject
  state: 'announced' | 'running' | 'over'
  startedAt?: number
}

/**
 * Makes the log of one call.
 *
 * @param isUnasked whether a tool never asks
 * @param folder where its paths are
 */
export function createToolLog(isUnasked: (tool: string) => boolean, folder: string): ToolLog {
  const uses = new Map<string, Use>()
  const begin = (toolUseId: string): readonly EngineEvent[] => {
    const use = uses.get(toolUseId)
    return use?.state === 'announced' ? start(use) : []
  }
  return {
    nameOf: ({ tool, toolUseId }) => uses.get(toolUseId)?.tool ?? tool,
    announce({ tool, toolUseId }, input) {
      if (tool === ANSWER_TOOL || uses.has(toolUseId)) return []
      uses.set(toolUseId, { callId: toolUseId, tool, input, state: 'announced' })
      return isUnasked(tool) ? begin(toolUseId) : []
    },
    begin,
    approve({ tool, toolUseId }, input, requestId) {
      const retracted = retract(uses.get(toolUseId))
      const callId = retracted.length === 0 ? toolUseId : `${toolUseId}-approved`
      const use: Use = { callId, tool, input, state: 'announced' }
      uses.set(toolUseId, use)
      return [...retracted, ...start(use, requestId)]
    },
    refuse({ tool, toolUseId }, message) {
      const retracted = retract(uses.get(toolUseId))
      uses.set(toolUseId, { callId: toolUseId, tool, input: {}, state: 'over' })
      return [...retracted, { type: 'message', role: 'user', content: message }]
    },
    end(outcome) {
      const use = uses.get(outcome.toolUseId)
      if (use === undefined || use.state === 'over') return []
      if (use.state === 'announced' && outcome.isRefused) return toRefusal(use, outcome)
      const end = toEnd(use, outcome)
      const started = begin(outcome.toolUseId)
      use.state = 'over'
      return [...started, end, ...fileChangesOf({ ...use, outcome }, folder)]
    },
  }
}

function start(use: Use, requestId?: string): readonly EngineEvent[] {
  use.state = 'running'
  use.startedAt = performance.now()
  const event = { type: 'tool_start', toolCallId: use.callId, tool: use.tool, input: use.input } as const
  return [requestId === undefined ? event : { ...event, requestId }]
}

/** It had not started after all. */
function retract(use: Use | undefined): readonly EngineEvent[] {
  if (use?.state !== 'running') return []
  return [toEnd(use, { success: false, output: 'Claude asks for permission first.' })]
}

/** What the model gets to hear, for the transcript. */
function toRefusal(use: Use, { output }: ToolOutcome): readonly EngineEvent[] {
  use.state = 'over'
  return [{ type: 'message', role: 'user', content: String(output) }]
}

/** How long it took is known of one that was seen to start. */
function toEnd(use: Use, { success, output }: Pick<ToolOutcome, 'success' | 'output'>): EngineEvent {
  const { callId, tool, startedAt } = use
  const end = { type: 'tool_end', toolCallId: callId, tool, success, output } as const
  return startedAt === undefined ? end : { ...end, durationMs: Math.round(performance.now() - startedAt) }
}
