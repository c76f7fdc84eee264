/**
 * What the real CLI said over its pipes, against a service on loopback; members without a meaning here are cut out, and
 * paths are shortened. Every recording is one call: `test/recordings/<version>/<what happened>.jsonl`.
 */
import { readFileSync } from 'node:fs'
import type { EngineEvent, FileChange, JsonObject, StepResult } from '@batonjs/core'
import type { ClaudeEngineOptions } from './claude-options.ts'
import { takeRequest } from './control.ts'
import type { Order } from './conversation.ts'
import { applyDecision } from './permission.ts'
import { createTranscript, endOf, readMessage, type Transcript } from './transcript.ts'

const NEWEST = '2.1.329'

/** What one recording becomes. */
export interface Replay {
  readonly events: readonly EngineEvent[]
  /** The events but for usage, a word each. */
  readonly told: readonly string[]
  readonly end: StepResult | undefined
  readonly transcript: Transcript
}

/** How a recording is played. */
export interface ReplayOptions {
  readonly version?: string
  readonly options?: ClaudeEngineOptions
  readonly order?: Partial<Order>
  /** What people say to the tools that ask. @default true */
  readonly isAllowed?: boolean
}

/** What the last word on it says that was used. */
export function lastUsage(
  events: readonly EngineEvent[],
): Pick<Extract<EngineEvent, { type: 'usage' }>, 'usage' | 'costUsd'> {
  const usages = events.flatMap((event) => (event.type === 'usage' ? [event] : []))
  return usages.at(-1) ?? { usage: {} }
}

/** The lines of a recording. */
export function recordingOf(name: string, version = NEWEST): readonly JsonObject[] {
  const url = new URL(`../test/recordings/${version}/${name}.jsonl`, import.meta.url)
  const lines = readFileSync(url, 'utf8').trimEnd().split('\n')
  return lines.map((line) => JSON.parse(line))
}

/** Plays a recording. */
export function replay(name: string, { version, ...settings }: ReplayOptions = {}): Replay {
  return play(recordingOf(name, version), settings)
}

/** Plays lines. */
export function play(
  lines: readonly JsonObject[],
  { options = {}, order, isAllowed = true }: ReplayOptions = {},
): Replay {
  const transcript = createTranscript(options, { ...plainOrder, ...order })
  const events = lines.flatMap((line) =>
    line.type === 'control_request'
      ? [...decide(transcript, line, isAllowed)]
      : readMessage(transcript, line),
  )
  return { events, told: events.flatMap(toWord), end: endOf(transcript), transcript }
}

export const plainOrder: Order = { prompt: 'Go.', folder: '/work', denied: [], mark: 'mark', sweep: false }

function* decide(transcript: Transcript, line: JsonObject, isAllowed: boolean): Generator<EngineEvent> {
  const request = takeRequest(line, plainOrder, () => {})
  if (request === undefined) return
  yield* applyDecision(transcript.tools, {
    request,
    requestId: 'approval',
    decision: isAllowed
      ? { behavior: 'allow', updatedInput: request.input }
      : { behavior: 'deny', message: 'A human said no.' },
  })
}

function toWord(event: EngineEvent): readonly string[] {
  switch (event.type) {
    case 'token_chunk':
      return [`chunk: ${event.text}`]
    case 'message':
      return [`${event.role}: ${event.content}`]
    case 'tool_start':
      return [`start ${event.tool}${event.requestId === undefined ? '' : ` by ${event.requestId}`}`]
    case 'tool_end':
      return [`end ${event.tool}${event.success ? '' : ' failed'}`]
    case 'file_changes':
      return event.files.map(toChange)
    case 'retry_notice':
      return [`retry: ${event.message}`]
    case 'session':
      return ['session']
    case 'usage':
      return []
  }
}

function toChange({ path, action, insertions, deletions }: FileChange): string {
  return `${action} ${path}${insertions === undefined ? '' : ` +${insertions} -${deletions}`}`
}
