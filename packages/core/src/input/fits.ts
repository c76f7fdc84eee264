/** Whether a value is of a shape, told quickly and without words: for what is looked at often and is mostly sound. */
import { problemsIn } from './problems.ts'
import { type ObjectOf, type Shape, words } from './shape.ts'
import { type Holder, isHolder } from './value.ts'

/** A test that is made once of a shape; it holds when `problemsIn` would find nothing. */
export type Test = (value: unknown) => boolean

/** Makes the test of a shape. */
export function compileShape(shape: Shape): Test {
  if (typeof shape === 'string') return compileShape(words[shape])
  if (typeof shape === 'function') return (value) => shape(value) === undefined
  if ('oneOf' in shape) return (value) => typeof value === 'string' && shape.oneOf.includes(value)
  if ('hidden' in shape) return compileShape(shape.hidden)
  if ('members' in shape) return compileObject(shape)
  if (shape.distinct !== undefined) return (value) => problemsIn(shape, value, '').next().done === true
  const member = compileShape(shape.listOf)
  return (value) => Array.isArray(value) && value.length >= (shape.least ?? 0) && value.every(member)
}

function compileObject({ members, open = false }: ObjectOf): Test {
  const names: string[] = []
  const tests: Test[] = []
  for (const [key, shape] of Object.entries(members)) {
    const isOptional = key.endsWith('?')
    names.push(isOptional ? key.slice(0, -1) : key)
    const test = compileShape(shape)
    tests.push(isOptional ? (value) => value === undefined || test(value) : test)
  }
  const known = new Set(names)
  const holds = (value: Holder): boolean => tests.every((test, index) => test(value[names[index] ?? '']))
  const knows = (value: Holder): boolean =>
    Object.keys(value).every((name) => known.has(name) || value[name] === undefined)
  if (open) return (value) => isObject(value) && holds(value)
  return (value) => isHolder(value) && knows(value) && holds(value)
}

function isObject(value: unknown): value is Holder {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}
