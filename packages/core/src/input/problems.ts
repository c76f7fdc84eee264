import { didYouMean, knownHint } from '../errors/closest.ts'
import {
  type Hidden,
  type ListOf,
  type Members,
  type ObjectOf,
  type OneOf,
  type Shape,
  words,
} from './shape.ts'
import { type Holder, isHolder, show } from './value.ts'

/** One thing that is wrong with what was given. */
export interface InputProblem {
  /** Where, such as `options.engines[1].id`. */
  readonly path: string
  /** Where, what is there, and what must be. */
  readonly message: string
}

/** Everything that is wrong with a value, in the order of the shape. */
export function* problemsIn(shape: Shape, value: unknown, path: string): Generator<InputProblem, void> {
  if (typeof shape === 'object') {
    if ('oneOf' in shape) yield* inChoice(shape, value, path)
    else if ('listOf' in shape) yield* inList(shape, value, path)
    else if ('hidden' in shape) yield* unshown(shape, value, path)
    else yield* inObject(shape, value, path)
    return
  }
  const fit = typeof shape === 'string' ? words[shape] : shape
  const wanted = fit(value)
  if (wanted !== undefined) yield mismatch(path, value, wanted)
}

function mismatch(path: string, value: unknown, wanted: string): InputProblem {
  if (value === undefined) return { path, message: `${path} is missing. It must be ${wanted}.` }
  return { path, message: `${path} is ${show(value)}, but must be ${wanted}.` }
}

function* unshown({ hidden }: Hidden, value: unknown, path: string): Generator<InputProblem, void> {
  const wanted = hidden(value)
  if (wanted !== undefined) yield { path, message: `${path} must be ${wanted}; what is there is not shown.` }
}

function* inChoice(shape: OneOf, value: unknown, path: string): Generator<InputProblem, void> {
  const { oneOf, wanted = enumerate(oneOf) } = shape
  if (typeof value === 'string' && oneOf.includes(value)) return
  const { message } = mismatch(path, value, wanted)
  yield { path, message: typeof value === 'string' ? message + didYouMean(value, oneOf) : message }
}

/** `"a", "b" or "c"` */
function enumerate(words: readonly string[]): string {
  const quoted = words.map((word) => JSON.stringify(word))
  return [quoted.slice(0, -1).join(', '), ...quoted.slice(-1)].filter((part) => part !== '').join(' or ')
}

function* inList(shape: ListOf, value: unknown, path: string): Generator<InputProblem, void> {
  const { listOf, least = 0, distinct } = shape
  if (!Array.isArray(value) || value.length < least) {
    yield mismatch(path, value, least === 0 ? 'a list' : `a list of at least ${least}`)
    return
  }
  for (const [index, member] of value.entries()) yield* problemsIn(listOf, member, `${path}[${index}]`)
  if (distinct !== undefined) yield* inTwins(value, distinct, path)
}

function* inTwins(list: readonly unknown[], name: string, path: string): Generator<InputProblem, void> {
  const seen = new Map<unknown, number>()
  for (const [index, member] of list.entries()) {
    const value = memberOf(member, name)
    const twin = seen.get(value)
    seen.set(value, twin ?? index)
    if (twin === undefined || value === undefined) continue
    const place = `${path}[${index}].${name}`
    const message = `${place} is ${show(value)}, which ${path}[${twin}] has too. Give each its own.`
    yield { path: place, message }
  }
}

function* inObject(shape: ObjectOf, value: unknown, path: string): Generator<InputProblem, void> {
  const { members, open = false } = shape
  const is = open ? isObject : isHolder
  if (!is(value)) {
    yield mismatch(path, value, shape.wanted ?? outline(members))
    return
  }
  if (!open) yield* strangers(value, Object.keys(members).map(toName), path)
  for (const [key, inner] of Object.entries(members)) {
    const name = toName(key)
    const member = memberOf(value, name)
    if (member !== undefined || name === key) yield* problemsIn(inner, member, join(path, name))
  }
}

function* strangers(holder: Holder, known: readonly string[], path: string): Generator<InputProblem, void> {
  for (const [name, value] of Object.entries(holder)) {
    if (value === undefined || known.includes(name)) continue
    const inner = join(path, name)
    yield { path: inner, message: `${inner} is unknown.${knownHint(name, known)}` }
  }
}

function join(path: string, name: string): string {
  return path === '' ? name : `${path}.${name}`
}

function isObject(value: unknown): value is Holder {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}

function memberOf(value: unknown, name: string): unknown {
  return isObject(value) ? value[name] : undefined
}

function toName(key: string): string {
  return key.endsWith('?') ? key.slice(0, -1) : key
}

const OUTLINED_MEMBERS = 4

/** An object by its members, as TypeScript writes it. */
function outline(members: Members): string {
  const names = Object.keys(members)
  if (names.length === 0) return 'left out'
  const more = names.length > OUTLINED_MEMBERS ? ', …' : ''
  return `an object { ${names.slice(0, OUTLINED_MEMBERS).join(', ')}${more} }`
}
