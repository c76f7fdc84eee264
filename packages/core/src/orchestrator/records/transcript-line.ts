/**
 * My job: one line of a transcript, in the form that the sources' code writes.
 * My neighbour's: the orchestrator reads the clock and appends the lines in the order of events.
 *
 * 1. A line is one JSON object and ends in the only line feed that it holds.
 * 2. Messages have timestamp, role and content (A11); tools have timestamp, type and tool (A4).
 * 3. A part of a message that is not whole yet has `partial: true`: the parts of a message that becomes whole
 *    are said again by it.
 */
import type { EngineEvent } from '../../engine/result.ts'

/** What is said or done in a call, as far as a transcript keeps it. */
export type TranscriptEntry = TranscribedEvent | PartialMessage

type TranscribedEvent = Extract<EngineEvent, { type: 'message' | 'tool_start' | 'tool_end' }>

/** Text that was streamed since the line before, of a message that is not whole yet. */
interface PartialMessage {
  readonly type: 'partial'
  readonly content: string
}

/** Whether a transcript keeps an event of an engine. */
export function isTranscribed(event: EngineEvent): event is TranscribedEvent {
  return event.type === 'message' || event.type === 'tool_start' || event.type === 'tool_end'
}

/** The line of an entry, its line feed included; `timestamp` is ISO 8601. @source A4 Transcript line */
export function transcriptLine(entry: TranscriptEntry, timestamp: string): string {
  return `${JSON.stringify({ timestamp, ...fieldsOf(entry) })}\n`
}

function fieldsOf(entry: TranscriptEntry): object {
  if (entry.type === 'message') return { role: entry.role, content: entry.content }
  if (entry.type === 'partial') return { role: 'assistant', content: entry.content, partial: true }
  const { toolCallId: tool_call_id, tool } = entry
  if (entry.type === 'tool_start') return { type: 'tool_use', tool, tool_call_id, input: entry.input ?? null }
  const { success, output = null, durationMs: duration_ms } = entry
  return { type: 'tool_result', tool, tool_call_id, output, success, duration_ms }
}
