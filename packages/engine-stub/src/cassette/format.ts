/**
 * What stands in a cassette: one file of lines for each call, so that a new recording is a diff that one can read.
 * First what was asked, the prompt with a line for each of its lines, then what happened in its order, then the end.
 */
import {
  type AskOptions,
  EngineError,
  type EngineEvent,
  type FactInput,
  type JsonObject,
  type JsonSchema,
  type PlainError,
  type ProposedActionContent,
  type Question,
  type RecordableEvent,
  type RequestOptions,
  type StepResult,
} from '@batonjs/core'

/** The version of the format, in the first line of each file. */
export const CASSETTE_FORMAT = 1

/** One recorded call. */
export interface Cassette {
  readonly call: CallLine
  /** The prompt, line by line. */
  readonly prompt: readonly string[]
  readonly acts: readonly Act[]
  readonly end: End
}

/** The first line: which call it was, who made it, and what was asked beside the prompt. */
export interface CallLine {
  readonly cassette: typeof CASSETTE_FORMAT
  /** Where in the run: `flow#visit/step[item]#iteration.attempt`, and which repair of that attempt. */
  readonly address: string
  readonly engine: string
  readonly version?: string
  readonly mode?: string
  readonly provider?: string
  readonly model?: string
  readonly outputSchema?: JsonSchema
  /** Digest of all that the answer depends on: model, schema and prompt. */
  readonly key: string
}

/** What happened, and how long after what happened before. */
export type Act = Deed & {
  /** Milliseconds; left out when none passed. */
  readonly afterMs?: number
}

/** What an engine yields, and what it does with its context. Requests are numbered within a call. */
export type Deed =
  | { readonly kind: 'event'; readonly event: EngineEvent }
  | {
      readonly kind: 'approve'
      readonly request: number
      readonly action: ProposedActionContent
      readonly options?: RequestOptions
    }
  | {
      readonly kind: 'ask'
      readonly request: number
      readonly questions: readonly Question[]
      readonly options?: AskOptions
    }
  | { readonly kind: 'answer'; readonly request: number; readonly answer: JsonObject }
  | { readonly kind: 'unanswered'; readonly request: number; readonly code: string }
  | { readonly kind: 'facts'; readonly facts: readonly FactInput[] }
  | { readonly kind: 'record'; readonly event: RecordableEvent }
  | {
      readonly kind: 'artifact'
      readonly way: 'put' | 'append'
      readonly path: string
      readonly content: string
    }

/** The last line: what was returned, what was thrown, or that the call was cut off from outside. */
export type End = (
  | { readonly kind: 'result'; readonly result: StepResult }
  | { readonly kind: 'error'; readonly error: PlainError }
  | { readonly kind: 'aborted' }
) & { readonly afterMs?: number }

const ENDS: ReadonlySet<string> = new Set(['result', 'error', 'aborted'])

/** A cassette as the text of its file. */
export function printCassette({ call, prompt, acts, end }: Cassette): string {
  const lines: readonly object[] = [
    { kind: 'call', ...call },
    ...prompt.map((text) => ({ kind: 'prompt', text })),
    ...acts,
    end,
  ]
  return lines.map((line) => `${JSON.stringify(line)}\n`).join('')
}

/** Reads a file; `path` is for messages. Throws `cassette_invalid`. */
export function parseCassette(text: string, path: string): Cassette {
  const lines = text
    .split('\n')
    .filter((line) => line !== '')
    .map((line, index) => parseLine(line, `${path}:${index + 1}`))
  const [first, ...rest] = lines
  const end = rest.pop()
  if (first?.kind !== 'call' || end === undefined || !ENDS.has(end.kind))
    throw invalid(path, 'It is not whole')
  const { kind, ...call } = first
  if (call.cassette !== CASSETTE_FORMAT)
    throw invalid(path, `It has format ${String(call.cassette)}, and this version reads ${CASSETTE_FORMAT}`)
  const prompt = rest.filter((line) => line.kind === 'prompt').map(({ text: said }) => String(said))
  const acts = rest.filter((line) => line.kind !== 'prompt')
  // The format says what each line holds; a hand that has changed one can break its own test only.
  return { call, prompt, acts, end } as unknown as Cassette
}

function parseLine(line: string, place: string): JsonObject & { readonly kind: string } {
  try {
    const value: JsonObject = JSON.parse(line)
    const { kind } = value
    if (typeof kind === 'string') return { ...value, kind }
  } catch {}
  throw invalid(place, 'It is no line of a cassette')
}

function invalid(place: string, what: string): EngineError {
  return new EngineError(`Cassette ${place} cannot be read. ${what}: restore it, or record it again.`, {
    code: 'cassette_invalid',
  })
}
