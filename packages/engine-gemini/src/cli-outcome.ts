/**
 * My job: whether a headless run has succeeded.
 *
 * 1. Only its own final record says so: it exits with 0 also when a signal ended it, and when the model gave no answer.
 * 2. What it writes to stderr is no failure; it is read for words when there is no record.
 */
import type { ProcessExit } from '@batonjs/child-process'
import { type EngineFailureCode, engineFailure, type StepFailure, type StepResult } from '@batonjs/core'
import { failureOfAgent } from '@batonjs/engine-acp'
import type { CliStory } from './cli-story.ts'
import { fieldsOf, textOf } from './fields.ts'

/** The result of a call whose process has exited. */
export function toResult(story: CliStory, exit: ProcessExit): StepResult {
  const { result, answer } = story
  if (result?.status === 'success' && answer !== '') return { status: 'succeeded', output: answer }
  return { status: 'failed', output: '', error: failureOf(story, exit) }
}

function failureOf({ result, trouble }: CliStory, exit: ProcessExit): StepFailure {
  if (result === undefined) return lossOf(exit)
  if (result.status === 'success') return engineFailure('bad_output', 'Gemini ended without an answer')
  const { type, message } = fieldsOf(result.error)
  const words = toWords(textOf(message) ?? trouble ?? 'Gemini failed and did not say why')
  if (type === 'FatalTurnLimitedError') return engineFailure('bad_output', words)
  const status = statusOf(exit)
  return failureOfAgent({ message: words, ...(status === undefined ? {} : { code: status }) })
}

/** The exit code is the HTTP status modulo 256; below that are codes of its own. */
function statusOf({ code }: ProcessExit): number | undefined {
  if (code === null || code < 0x90) return undefined
  return code + 0x100
}

const API_ERROR = /^\[API Error: ([\s\S]*)\]$/m

/** As in `[API Error: fake 429\nSuggested retry after 2s.]`, without what it advises at a keyboard. */
function toWords(message: string): string {
  return API_ERROR.exec(message)?.[1] ?? message
}

const BY_EXIT: Readonly<Record<number, EngineFailureCode>> = {
  41: 'auth',
  42: 'invalid_request',
  44: 'engine_unavailable',
  52: 'invalid_request',
  53: 'bad_output',
  55: 'permission_denied',
}

function lossOf({ code, signal, stderr }: ProcessExit): StepFailure {
  if (code === 0) return engineFailure('canceled', 'Gemini was ended from outside before it had an answer')
  if (signal !== null) {
    const message = `Gemini was ended by ${signal} before it had an answer${lastWords(stderr)}`
    return engineFailure('engine_unavailable', message, { retryable: true })
  }
  const known = BY_EXIT[code ?? 1]
  const message = `Gemini exited with ${code} before it had an answer${lastWords(stderr)}`
  return engineFailure(known ?? 'engine_unavailable', message)
}

/** What it prints in every run. */
const NOISE = /^(?:Warning: |Ripgrep is not|\[STARTUP\]|Loaded cached|YOLO mode|\(node:|\(Use `node)/
// biome-ignore lint/suspicious/noControlCharactersInRegex: colours are escape sequences.
const COLOUR = /\u001b\[[0-9;]*m/g

function lastWords(stderr: string): string {
  const lines = stderr.replace(COLOUR, '').split('\n')
  const said = lines.map((line) => line.trim()).filter((line) => line !== '' && !NOISE.test(line))
  return said.length === 0 ? '' : `: ${said.slice(-4).join(' ').slice(-1_000)}`
}
