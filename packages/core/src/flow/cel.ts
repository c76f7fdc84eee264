/**
 * What Baton needs of `@marcbachmann/cel-js`, and the two places where the library is helped along:
 *
 * - Numbers of JSON are doubles to CEL while its literals are integers. It compares the two but does not
 *   calculate with both, so the arithmetic that mixes them is added: `steps.a.data.count + 1 > 3` works.
 * - It takes an object with a member "constructor" for an instance of a class and refuses it; a Map it reads.
 */
import { type ASTNode, Environment } from '@marcbachmann/cel-js'
import type { JsonValue } from './json.ts'

/** A parsed expression. */
export interface CelExpression {
  readonly run: CelRun
  /** CEL type of the value. */
  readonly type: string
  /** Members of `steps` and of `params` that it names. */
  readonly steps: readonly string[]
  readonly params: readonly string[]
  /** It uses `steps` otherwise than by naming members. */
  readonly readsAllSteps: boolean
  /** Whether it names the verdict of a step, or of one that only a run can tell. */
  readonly readsVerdictOf: (stepId: string) => boolean
}

/** Evaluates an expression to the library's own kind of value. */
export type CelRun = (scope: Readonly<Record<string, unknown>>) => unknown

type Calculation = (a: number | bigint, b: number | bigint) => number

const arithmetic: Readonly<Record<string, Calculation>> = {
  '+': (a, b) => Number(a) + Number(b),
  '-': (a, b) => Number(a) - Number(b),
  '*': (a, b) => Number(a) * Number(b),
  '/': (a, b) => Number(a) / Number(b),
  '%': (a, b) => Number(a) % Number(b),
}

const environments = new Map<boolean, Environment>()

/** Parses and type-checks an expression; `item` and `index` are known inside a map only. */
export function parseCel(source: string, item: boolean): CelExpression {
  const run = environmentOf(item).parse(source)
  const reads = readsOf(run.ast)
  const { valid, type = 'dyn', error } = run.check()
  if (!valid) throw error
  return { run, type, ...reads }
}

/** The value of an expression as JSON. Throws what the library throws, or that JSON has no such value. */
export function celValue(run: CelRun, scope: Readonly<Record<string, unknown>>): JsonValue {
  try {
    return toJson(run(scope))
  } catch (error) {
    if (read(error, 'code') !== 'unsupported_type') throw error
    return toJson(
      run(Object.fromEntries(Object.entries(scope).map(([name, value]) => [name, toMaps(value)]))),
    )
  }
}

/** Why an expression was refused, and where. */
export function celReason(error: unknown): { readonly reason: string; readonly position?: number } {
  const reason = String(read(error, 'summary') ?? read(error, 'message') ?? error)
  const position = read(read(error, 'range'), 'start')
  return typeof position === 'number' ? { reason, position } : { reason }
}

function environmentOf(item: boolean): Environment {
  const known = environments.get(item)
  if (known !== undefined) return known
  const environment = createEnvironment()
  if (item) environment.registerVariable('item', 'dyn').registerVariable('index', 'dyn')
  environments.set(item, environment)
  return environment
}

function createEnvironment(): Environment {
  const environment = new Environment({
    homogeneousAggregateLiterals: false,
    enableOptionalTypes: true,
    limits: { maxAstNodes: 5_000, maxDepth: 100 },
  })
  for (const name of ['steps', 'params', 'facts']) environment.registerVariable(name, 'map<string, dyn>')
  for (const [operator, calculate] of Object.entries(arithmetic)) {
    environment.registerOperator(`double ${operator} int: double`, calculate)
    environment.registerOperator(`int ${operator} double: double`, calculate)
  }
  return environment
    .registerOperator('double % double: double', (a: number, b: number) => a % b)
    .registerOperator(
      'int == double: bool',
      (a: bigint | number, b: bigint | number) => Number(a) === Number(b),
    )
}

function toMaps(value: unknown): unknown {
  if (typeof value !== 'object' || value === null) return value
  if (Array.isArray(value)) return value.map(toMaps)
  return new Map(Object.entries(value).map(([name, member]) => [name, toMaps(member)]))
}

/** CEL integers are BigInts; a value that JSON does not have, such as a duration, is an error. */
function toJson(value: unknown): JsonValue {
  if (value === null || typeof value === 'string' || typeof value === 'boolean') return value
  if (typeof value === 'bigint' || isUnsigned(value)) return Number(value)
  if (typeof value === 'number' && Number.isFinite(value)) return value
  if (Array.isArray(value)) return value.map(toJson)
  const members = value instanceof Map ? [...value] : isPlain(value) ? Object.entries(value) : undefined
  if (members === undefined) throw new TypeError(`${String(value)} is no value that JSON has`)
  return Object.fromEntries(members.map(([name, member]) => [name, toJson(member)]))
}

function isUnsigned(value: unknown): boolean {
  return typeof value === 'object' && value !== null && typeof value.valueOf() === 'bigint'
}

function isPlain(value: unknown): value is object {
  if (typeof value !== 'object' || value === null) return false
  const prototype: unknown = Object.getPrototypeOf(value)
  return prototype === null || Object.getPrototypeOf(prototype) === null
}

type Reads = Omit<CelExpression, 'run' | 'type'>

function readsOf(ast: ASTNode): Reads {
  const named = { steps: new Set<string>(), params: new Set<string>() }
  const verdicts = new Set<string | undefined>()
  let readsAllSteps = false
  const visit = (node: unknown): void => {
    if (typeof node !== 'object' || node === null) return
    if (Array.isArray(node)) return node.forEach(visit)
    const { of, name } = memberOf(node)
    const owner = name === 'verdict' ? memberOf(of) : {}
    if (isIdentifier(owner.of, 'steps')) verdicts.add(owner.name)
    const root = isIdentifier(of, 'steps') ? 'steps' : isIdentifier(of, 'params') ? 'params' : undefined
    if (root !== undefined && name !== undefined) named[root].add(name)
    else if (isIdentifier(node, 'steps')) readsAllSteps = true
    else visit(read(node, 'args'))
  }
  visit(ast)
  const readsVerdictOf = (stepId: string): boolean => verdicts.has(stepId) || verdicts.has(undefined)
  return { steps: [...named.steps], params: [...named.params], readsAllSteps, readsVerdictOf }
}

/** A member, as `steps.a` and `steps["a"]` name it, also with the optional `.?a` and `[?"a"]`. */
interface Member {
  /** The node that has the member. */
  readonly of?: unknown
  /** Left out when only a run can tell it, as in `steps[params.id]`. */
  readonly name?: string | undefined
}

/** The member that a node names; empty when it names none. */
function memberOf(node: unknown): Member {
  if (!['.', '.?', '[]', '[?]'].includes(String(read(node, 'op')))) return {}
  const of = read(read(node, 'args'), '0')
  const right = read(read(node, 'args'), '1')
  const name = read(right, 'op') === 'value' ? read(right, 'args') : right
  return { of, name: typeof name === 'string' ? name : undefined }
}

function isIdentifier(node: unknown, name: string): boolean {
  return read(node, 'op') === 'id' && read(node, 'args') === name
}

function read(value: unknown, name: string): unknown {
  return typeof value === 'object' && value !== null ? Reflect.get(value, name) : undefined
}
