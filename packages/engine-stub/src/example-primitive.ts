import type { JsonObject, JsonValue } from '@batonjs/core'
import { examplePattern } from './example-pattern.ts'

const BY_FORMAT = new Map([
  ['date-time', '2000-01-01T00:00:00Z'],
  ['date', '2000-01-01'],
  ['time', '00:00:00Z'],
  ['duration', 'P1D'],
  ['email', 'stub@example.com'],
  ['hostname', 'example.com'],
  ['ipv4', '192.0.2.1'],
  ['ipv6', '2001:db8::1'],
  ['uri', 'https://example.com/stub'],
  ['uri-reference', '/stub'],
  ['uuid', '00000000-0000-4000-8000-000000000000'],
  ['json-pointer', '/stub'],
  ['regex', 'stub'],
])

/** A string that satisfies length, `format` and `pattern`; `turn` makes those of a list differ. */
export function exampleString(schema: JsonObject, turn: number): string {
  if (typeof schema.pattern === 'string') {
    const found = examplePattern(schema.pattern)
    if (found !== undefined) return found
  }
  const formatted = typeof schema.format === 'string' ? BY_FORMAT.get(schema.format) : undefined
  if (formatted !== undefined) return formatted
  const text = turn === 0 ? 'stub' : `stub${turn}`
  const least = Math.min(toNumber(schema.minLength, 0), 1_000_000)
  return text.padEnd(least, '.').slice(0, toNumber(schema.maxLength, Number.POSITIVE_INFINITY))
}

/** The number nearest to 0 that satisfies bounds and `multipleOf`, and `turn` steps on from it. */
export function exampleNumber(schema: JsonObject, turn: number): number {
  const above = toNumber(schema.exclusiveMinimum, Number.NEGATIVE_INFINITY)
  const below = toNumber(schema.exclusiveMaximum, Number.POSITIVE_INFINITY)
  const lower = Math.max(toNumber(schema.minimum, above), above)
  const upper = Math.min(toNumber(schema.maximum, below), below)
  const step = toNumber(
    schema.multipleOf,
    schema.type === 'integer' ? 1 : Math.min(1, (upper - lower) / 1_000),
  )
  if (step === 0) return lower
  const grid = lower > 0 ? Math.ceil(lower / step) : Math.min(0, Math.floor(upper / step))
  const start = grid * step
  const inward = start <= above ? 1 : start >= below ? -1 : 0
  const away = start < 0 ? -1 : 1
  return (grid + inward + turn * away) * step + 0
}

function toNumber(value: JsonValue | undefined, otherwise: number): number {
  return typeof value === 'number' ? value : otherwise
}
