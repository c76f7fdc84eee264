import { isJson } from '../suite/is-json.ts'
import {
  isAmount,
  isCount,
  isFlag,
  isName,
  isText,
  listOf,
  oneOf,
  optional,
  problemOf,
  type Shape,
  shaped,
} from '../suite/shape.ts'

const isUsage = shaped({
  inputTokens: optional(isCount),
  outputTokens: optional(isCount),
  totalTokens: optional(isCount),
})

const isFileChange = shaped({
  path: isName,
  action: oneOf('created', 'modified', 'deleted'),
  insertions: optional(isCount),
  deletions: optional(isCount),
})

const EVENTS: ReadonlyMap<unknown, Shape> = new Map<string, Shape>([
  ['token_chunk', { text: isText }],
  ['message', { role: oneOf('system', 'user', 'assistant'), content: isText }],
  ['tool_start', { toolCallId: isName, tool: isName, input: optional(isJson), requestId: optional(isName) }],
  [
    'tool_end',
    {
      toolCallId: isName,
      tool: isName,
      success: isFlag,
      output: optional(isJson),
      durationMs: optional(isAmount),
    },
  ],
  ['file_changes', { files: listOf(isFileChange) }],
  ['usage', { usage: isUsage, costUsd: optional(isAmount) }],
  ['session', { session: isJson }],
  ['retry_notice', { message: isText, delayMs: optional(isAmount) }],
])

const HANDOFF: Shape = {
  verdict: optional(isText),
  summary: optional(isText),
  concerns: optional(listOf(isText)),
  assumptions: optional(listOf(shaped({ statement: isText }))),
  decisions: optional(listOf(shaped({ subject: isText, decision: isText }))),
  facts: optional(listOf(shaped({ key: isName, value: isJson }))),
  canFurtherIterationHelp: optional(isFlag),
  artifacts: optional(isJson),
  fields: optional(isJson),
}

const ERROR: Shape = {
  name: optional(isName),
  code: isName,
  message: isText,
  retryable: isFlag,
  retryAfterMs: optional(isAmount),
}

const RESULT: Shape = {
  status: oneOf('succeeded', 'failed'),
  output: isText,
  data: optional(isJson),
  handoff: optional(shaped(HANDOFF)),
  usage: optional(isUsage),
  costUsd: optional(isAmount),
  error: optional(shaped(ERROR)),
  model: optional(isName),
}

/** What is wrong with an event that an engine yields, or `undefined`. Never throws, whatever the event is. */
export function checkEngineEvent(event: unknown): string | undefined {
  const known = [...EVENTS].find(
    ([type]) => problemOf(event, { type: (value) => value === type }) === undefined,
  )
  if (known === undefined) return 'it is no event that an engine may yield'
  const [type, shape] = known
  const problem = problemOf(event, shape)
  return problem === undefined ? undefined : `${String(type)}: ${problem}`
}

/** What is wrong with a result that an engine returns, or `undefined`. Never throws, whatever the result is. */
export function checkStepResult(result: unknown): string | undefined {
  const problem = problemOf(result, RESULT)
  if (problem !== undefined) return `the result: ${problem}`
  const lacksError = shaped({ status: oneOf('failed'), error: (error) => error === undefined })
  return lacksError(result) ? 'the result failed and has no error' : undefined
}
