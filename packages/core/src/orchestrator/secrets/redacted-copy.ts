/** My job: to take secrets out of a value that somebody gave, whatever it is (law 5). */
import { isHolder } from '../../input/value.ts'
import { REPLACEMENT, type Redactor } from './redactor.ts'

/** What lies deeper is no JSON that could be recorded. */
const DEPTH_LIMIT = 500

/**
 * A copy of a value in which no text, no number and no name of a member holds a secret; a number that does becomes a
 * text. Lists and plain objects are copied; anything else, such as the instance of a class, stays what it is: it
 * cannot be recorded either. Of members whose names become the same, the last stays. Throws what a getter throws.
 */
export function redactedCopy(redactor: Redactor, value: unknown): unknown {
  return copy({ redactor, above: new Set() }, value)
}

interface Copying {
  readonly redactor: Redactor
  /** What the value lies in: a circle is not followed. */
  readonly above: Set<object>
}

function copy(copying: Copying, value: unknown): unknown {
  if (typeof value === 'string') return copying.redactor.text(value)
  if (typeof value === 'number' || typeof value === 'bigint')
    return copying.redactor.isIn(String(value)) ? REPLACEMENT : value
  if (typeof value !== 'object' || value === null) return value
  const { above } = copying
  if (above.size > DEPTH_LIMIT || above.has(value)) return value
  above.add(value)
  const copied = copyHolder(copying, value)
  above.delete(value)
  return copied
}

function copyHolder(copying: Copying, value: object): unknown {
  // A list, whatever the value is besides: `map` would make an instance of its class.
  if (Array.isArray(value)) return Array.from(value, (member) => copy(copying, member))
  if (!isHolder(value)) return value
  const { redactor } = copying
  return Object.fromEntries(
    Object.entries(value).map(([name, member]) => [redactor.text(name), copy(copying, member)]),
  )
}
