import { digestText, type JsonSchema, type StepContext } from '@batonjs/core'
import type { Cassette } from './format.ts'
import type { Mask } from './mask.ts'

/** Makes a prompt the same in each run: takes out a date, a random name, a folder. */
export type Normalize = (prompt: string) => string

/** All that the answer of a call depends on. */
export interface Asked {
  readonly model?: string
  readonly outputSchema?: JsonSchema
  readonly prompt: readonly string[]
  /** Digest of it all. */
  readonly key: string
}

/** What a call asks, in the form in which it is recorded. */
export function askedBy(context: StepContext, mask: Mask, normalize: Normalize = (prompt) => prompt): Asked {
  const { model, outputSchema } = context
  const prompt = mask.text(normalize(context.prompt))
  const key = digestText(JSON.stringify([model ?? null, outputSchema ?? null, prompt]))
  return {
    ...(model === undefined ? {} : { model }),
    ...(outputSchema === undefined ? {} : { outputSchema }),
    prompt: prompt.split('\n'),
    key,
  }
}

/** Lines of each side that a difference shows. */
const LINES = 4
const CHARACTERS = 160
/** So much of a long line stands before its first difference. */
const LEAD = 40

/** In what a call differs from the recorded one, to be read by people; nothing when it does not. */
export function differenceFrom({ call, prompt }: Cassette, asked: Asked): string | undefined {
  if (call.key === asked.key) return undefined
  const parts = [
    ...(call.model === asked.model ? [] : [changed('model', [show(call.model)], [show(asked.model)])]),
    ...schemaPart(show(call.outputSchema), show(asked.outputSchema)),
    ...promptPart(prompt, asked.prompt),
  ]
  return parts.length === 0 ? 'its key is not that of its content: it was edited by hand' : parts.join('\n')
}

function schemaPart(recorded: string, now: string): readonly string[] {
  return recorded === now ? [] : [changed('output schema', [recorded], [now])]
}

function show(value: unknown): string {
  return value === undefined ? '(none)' : JSON.stringify(value)
}

/** What is left of the lines when those that are equal at both ends are taken off. */
function promptPart(recorded: readonly string[], now: readonly string[]): readonly string[] {
  const least = Math.min(recorded.length, now.length)
  let head = 0
  while (head < least && recorded[head] === now[head]) head += 1
  let tail = 0
  while (tail < least - head && recorded.at(-1 - tail) === now.at(-1 - tail)) tail += 1
  const gone = recorded.slice(head, recorded.length - tail)
  const come = now.slice(head, now.length - tail)
  if (gone.length === 0 && come.length === 0) return []
  return [changed(`prompt, line ${head + 1}`, gone, come)]
}

function changed(what: string, gone: readonly string[], come: readonly string[]): string {
  const at = firstDifference(gone[0] ?? '', come[0] ?? '')
  return [`${what}:`, ...signed('-', gone, at), ...signed('+', come, at)].join('\n')
}

function signed(sign: string, lines: readonly string[], at: number): readonly string[] {
  const shown = lines.slice(0, LINES).map((line, index) => `${sign} ${excerpt(line, index === 0 ? at : 0)}`)
  return lines.length > LINES ? [...shown, `${sign} … ${lines.length - LINES} more lines`] : shown
}

function firstDifference(one: string, other: string): number {
  let at = 0
  while (at < one.length && one[at] === other[at]) at += 1
  return at
}

function excerpt(line: string, at: number): string {
  if (line.length <= CHARACTERS) return line
  const start = Math.max(0, at - LEAD)
  const part = line.slice(start, start + CHARACTERS)
  return `${start > 0 ? '…' : ''}${part}${start + CHARACTERS < line.length ? '…' : ''}`
}
