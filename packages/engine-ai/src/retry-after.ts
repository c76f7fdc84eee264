const SECOND = 1_000

/** What a service answered. */
export interface Refusal {
  readonly headers?: unknown
  readonly body?: string
}

/**
 * How long a service asks to wait, in milliseconds: `retry-after-ms`, `retry-after` as seconds or as a date, or the
 * `retryDelay` of a body. However long that is, it is passed on; what is no time from now on is left out.
 */
export function retryAfterMs(
  { headers, body = '' }: Refusal,
  now: () => number = Date.now,
): number | undefined {
  const exact = toNumber(headerOf(headers, 'retry-after-ms'))
  const asked = toMilliseconds(headerOf(headers, 'retry-after'), now)
  const [, delay] = /"retryDelay":\s*"([\d.]+)s"/.exec(body) ?? []
  return atLeastZero(exact) ?? atLeastZero(asked) ?? atLeastZero(toMilliseconds(delay, now))
}

function toMilliseconds(asked: string | undefined, now: () => number): number | undefined {
  const seconds = toNumber(asked)
  if (seconds !== undefined) return seconds * SECOND
  return asked === undefined ? undefined : Date.parse(asked) - now()
}

function toNumber(text: string | undefined): number | undefined {
  return text === undefined || !/^[+-]?\d+(\.\d+)?$/.test(text) ? undefined : Number(text)
}

function atLeastZero(milliseconds: number | undefined): number | undefined {
  return milliseconds !== undefined && milliseconds >= 0 && Number.isFinite(milliseconds)
    ? milliseconds
    : undefined
}

function headerOf(headers: unknown, name: string): string | undefined {
  if (typeof headers !== 'object' || headers === null) return undefined
  const found = Object.entries(headers).find(([header]) => header.toLowerCase() === name)
  return found === undefined ? undefined : String(found[1]).trim()
}
