/**
 * Conditions (rule F7): CEL over `steps`, `params` and `facts`, and `item` and `index` inside a map.
 * Parsed and type-checked when a flow is made, evaluated without `eval`. `cel.ts` knows the library.
 */
import { FlowError } from '../errors/swarm-error.ts'
import { celReason, celValue, parseCel } from './cel.ts'
import type { JsonObject, JsonValue } from './json.ts'

/** What a condition is evaluated over. */
export interface ConditionScope {
  /**
   * By step id `{ status, verdict, handoff, data, output }`, and no member missing, because CEL fails at a
   * missing one. Members may be getters, which may throw: only named ones are read.
   */
  readonly steps: JsonObject
  readonly params: JsonObject
  readonly facts: JsonObject
  /** The map item, inside a map. */
  readonly item?: JsonValue
  /** 0-based place of the map item. */
  readonly index?: number
}

/** Where a condition stands. */
export interface ConditionOptions {
  /** Whether `item` and `index` are known. The linter says false outside of maps. @default true */
  readonly item?: boolean
}

/** A compiled condition. */
export interface Condition {
  readonly source: string
  /** CEL type of the value, such as 'bool', 'list' or 'dyn'. */
  readonly type: string
  /** Ids of the steps that it names. */
  readonly steps: readonly string[]
  /** Names of the params that it names. */
  readonly params: readonly string[]
  /** It looks at steps that only a run can tell, as `steps.all(…)` does: give it every step. */
  readonly readsAllSteps: boolean
  /** Whether it names the verdict of a step, or of one that only a run can tell, as `steps[params.id].verdict` does. */
  readsVerdictOf(stepId: string): boolean
  /** The value as JSON. Throws a {@link FlowError} `condition_error`. */
  evaluate(scope: ConditionScope): JsonValue
  /** Whether it holds. A value that is neither true nor false is a `condition_error`. */
  holds(scope: ConditionScope): boolean
}

/** What a `condition_invalid` tells in its details. */
export interface ConditionProblem {
  /** 0-based place in the source, where the parser knows it. */
  readonly position?: number
  readonly reason: string
}

const compiled = new Map<string, Condition>()
const CACHE_LIMIT = 10_000

/** Compiles a condition, once for each source. Throws a {@link FlowError} `condition_invalid`. */
export function compileCondition(source: string, { item = true }: ConditionOptions = {}): Condition {
  const key = `${item ? 'item' : 'flow'}:${source}`
  const known = compiled.get(key)
  if (known !== undefined) return known
  if (compiled.size >= CACHE_LIMIT) compiled.clear()
  const condition = toCondition(source, item)
  compiled.set(key, condition)
  return condition
}

function toCondition(source: string, item: boolean): Condition {
  const { run, ...reads } = parse(source, item)
  const evaluate = (scope: ConditionScope): JsonValue => {
    try {
      return celValue(run, { ...scope, item: scope.item ?? null, index: scope.index ?? 0 })
    } catch (error) {
      throw conditionError(`Condition "${source}" cannot be evaluated: ${celReason(error).reason}`)
    }
  }
  const holds = (scope: ConditionScope): boolean => {
    const value = evaluate(scope)
    if (typeof value === 'boolean') return value
    throw conditionError(`Condition "${source}" must be true or false, but it is ${JSON.stringify(value)}`)
  }
  return { source, ...reads, evaluate, holds }
}

function parse(source: string, item: boolean): ReturnType<typeof parseCel> {
  try {
    return parseCel(source, item)
  } catch (error) {
    const details: ConditionProblem = celReason(error)
    const message = `Condition "${source}" is not valid: ${details.reason}`
    throw new FlowError(message, { code: 'condition_invalid', details })
  }
}

/** Without the library's error as cause: it holds the whole expression tree. */
function conditionError(message: string): FlowError {
  return new FlowError(message, { code: 'condition_error' })
}
