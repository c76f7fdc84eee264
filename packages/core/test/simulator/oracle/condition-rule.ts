/** What the conditions that are drawn give (rule F7), worked out by hand instead of by the library. */
import type { JsonValue } from '../../../src/flow/json.ts'
import { isOver, memberOf, type PlainVisit } from './plain-visit.ts'

/** What a condition gives; nothing where it looks at what is not settled, or is too hard to read by hand. */
export type Judgement = boolean | 'error' | undefined

/** What conditions look at. */
export interface PlainScope {
  readonly visit: PlainVisit
  /** Keys of the facts that are known. */
  readonly facts: ReadonlySet<string>
}

/** `params.n > 1`, `params.flag`, `steps.s1.status == "succeeded"`. */
const COMPARISON = /^([\w.]+)(?: (==|!=|>) (.+))?$/
const PRESENCE = /^has\(facts\.(\w+)\)$/

/** Works a condition out. */
export function judgeCondition(condition: string, scope: PlainScope): Judgement {
  const key = PRESENCE.exec(condition)?.[1]
  if (key !== undefined) return scope.facts.has(key)
  const [, path, operator, literal] = COMPARISON.exec(condition) ?? []
  if (path === undefined) return undefined
  const reading = readPath(path.split('.'), scope.visit)
  if (reading === 'unknown') return undefined
  if (reading === 'missing') return 'error'
  return compare(reading.value, operator, literal)
}

type Reading = { readonly value: JsonValue } | 'missing' | 'unknown'

function readPath([root, name = '', ...rest]: readonly string[], visit: PlainVisit): Reading {
  if (root === 'params') return toReading(visit.params[name])
  const step = root === 'steps' ? visit.steps.get(name) : undefined
  if (step === undefined || !isOver(step)) return 'unknown'
  const [member, inner] = rest
  if (member === 'status') return { value: step.status }
  // What a step gave that did not succeed this time may be left from an iteration before.
  if (step.status !== 'succeeded') return 'unknown'
  if (member === 'verdict') return { value: step.verdict ?? '' }
  return member === 'data' && inner !== undefined ? toReading(memberOf(step, inner)) : 'unknown'
}

function toReading(value: JsonValue | undefined): Reading {
  return value === undefined ? 'missing' : { value }
}

function compare(value: JsonValue, operator: string | undefined, literal = 'null'): Judgement {
  if (operator === undefined) return typeof value === 'boolean' ? value : 'error'
  const expected: JsonValue = JSON.parse(literal)
  if (typeof value !== typeof expected) return 'error'
  if (operator === '>') return Number(value) > Number(expected)
  return (value === expected) === (operator === '==')
}
