/**
 * My job: Claude's messages as events and, in the end, as a result. The same for the CLI and the SDK.
 *
 * 1. Only a `result` ends a call well, and the last one counts: a task in the background brings another one.
 * 2. What is not known is passed over: the vendor adds kinds of messages with every version.
 */
import {
  type EngineEvent,
  engineFailure,
  type JsonObject,
  type StepFailure,
  type StepResult,
} from '@batonjs/core'
import { readAssistant, readStream, readUser } from './answer-messages.ts'
import type { ClaudeEngineOptions } from './claude-options.ts'
import type { Order } from './conversation.ts'
import { failureOf, type Hints, isSessionUnknown } from './failure.ts'
import { memberOf, numberIn, objectIn, textIn } from './fields.ts'
import { toSession } from './order.ts'
import { createStreamedText, type StreamedText } from './streamed-text.ts'
import { createToolLog, type ToolLog } from './tool-log.ts'
import { createUsageCount, toUsageEvents, type UsageCount } from './usage-count.ts'

/** What has been said so far in one call. */
export interface Transcript {
  readonly tools: ToolLog
  readonly text: StreamedText
  readonly usage: UsageCount
  /** What the end will not tell. */
  hints: Hints
  /** The last result. */
  result?: JsonObject
  /** Why there is no point in waiting for the end. */
  verdict?: StepFailure
  /** The model that has answered last; until it has, the one that is to. */
  model?: string
  /** Of the program that answers. */
  version?: string
}

/** The transcript of a call that has just begun. */
export function createTranscript(options: ClaudeEngineOptions, order: Order): Transcript {
  const { allowedTools = [], permissionMode, provider } = options
  const never = permissionMode === 'bypassPermissions' && order.unasked === undefined
  return {
    tools: createToolLog((tool) => never || allowedTools.includes(tool), order.folder ?? process.cwd()),
    text: createStreamedText(),
    usage: createUsageCount({
      isPriced: provider !== 'anthropic_compat',
      isContinued: order.session !== undefined,
    }),
    hints: {},
  }
}

/** The events of a message. */
export function readMessage(transcript: Transcript, message: JsonObject): readonly EngineEvent[] {
  switch (message.type) {
    case 'system':
      return readSystem(transcript, message)
    case 'stream_event':
      return readStream(transcript, message)
    case 'assistant':
      return readAssistant(transcript, message)
    case 'user':
      return readUser(transcript, message)
    case 'tool_progress':
      return transcript.tools.begin(textIn(message, 'tool_use_id') ?? '')
    case 'rate_limit_event':
      return readRateLimit(transcript, message)
    case 'result':
      return readResult(transcript, message)
    default:
      return []
  }
}

function readSystem(transcript: Transcript, message: JsonObject): readonly EngineEvent[] {
  switch (message.subtype) {
    case 'init':
      return readInit(transcript, message)
    case 'api_retry':
      return readRetry(transcript, message)
    case 'task_started':
      return transcript.tools.begin(textIn(message, 'tool_use_id') ?? '')
    default:
      return []
  }
}

function readInit(transcript: Transcript, message: JsonObject): readonly EngineEvent[] {
  const [model, version] = [textIn(message, 'model'), textIn(message, 'claude_code_version')]
  if (model !== undefined) transcript.model = model
  if (version !== undefined) transcript.version = version
  const id = textIn(message, 'session_id')
  return id === undefined ? [] : [{ type: 'session', session: toSession(id) }]
}

/** A key that is refused is refused again: Claude itself would go on asking for minutes. */
function readRetry(transcript: Transcript, message: JsonObject): readonly EngineEvent[] {
  const [error, status] = [textIn(message, 'error') ?? 'unknown', numberIn(message, 'error_status')]
  const delayMs = Math.round(numberIn(message, 'retry_delay_ms') ?? 0)
  transcript.hints = { ...transcript.hints, retryDelayMs: delayMs }
  if (error === 'authentication_failed' || status === 401) {
    transcript.verdict = engineFailure('auth', `The service refuses the key (${status ?? error})`)
  }
  const lost = transcript.text.breakOff() ? ' What was streamed of the answer is void.' : ''
  const why = status === undefined ? error : `${error} ${status}`
  return [{ type: 'retry_notice', message: `Claude tries again after: ${why}.${lost}`, delayMs }]
}

function readRateLimit(transcript: Transcript, message: JsonObject): readonly EngineEvent[] {
  const limit = objectIn(message, 'rate_limit_info')
  const resetsAt = numberIn(limit, 'resetsAt')
  if (limit.status === 'rejected' && resetsAt !== undefined) {
    transcript.hints = { ...transcript.hints, quotaResetsAt: resetsAt * 1_000 }
  }
  return []
}

function readResult(transcript: Transcript, message: JsonObject): readonly EngineEvent[] {
  transcript.result = message
  // Nothing was asked of a model then.
  if (isSessionUnknown(message)) return []
  return toUsageEvents(transcript.usage.result(message))
}

/** How the call ended; `undefined` when no result has come. */
export function endOf(transcript: Transcript): StepResult | undefined {
  const { result, hints, verdict, model } = transcript
  if (verdict !== undefined) return { status: 'failed', output: '', error: verdict }
  if (result === undefined) return undefined
  const error = failureOf(result, hints)
  if (error !== undefined) return { status: 'failed', output: '', error }
  const data = memberOf(result, 'structured_output')
  return {
    status: 'succeeded',
    output: textIn(result, 'result') ?? '',
    ...(data === undefined || data === null ? {} : { data }),
    ...(model === undefined ? {} : { model }),
  }
}

/** Whether the conversation that was to be continued is not known any more. */
export function isForgotten({ result }: Transcript): boolean {
  return result !== undefined && isSessionUnknown(result)
}
