/** My job: where in a value a secret is; by its place, for nobody is to see it. */
import { isHolder } from '../../input/value.ts'
import type { Redactor } from './redactor.ts'

const PATH_CHARACTERS = 200
const DEPTH_LIMIT = 500

/** Where the first secret is, such as `request.params.key`; never the secret itself. */
export function placeOfSecret(redactor: Redactor, given: unknown): string | undefined {
  for (const { path, text } of textsIn(given, '', new Set())) {
    if (redactor.isIn(text)) return redactor.text(path).slice(0, PATH_CHARACTERS)
  }
  return undefined
}

interface FoundText {
  readonly path: string
  readonly text: string
}

/** Every text in lists and plain objects, the names of members and the digits of numbers too. */
function* textsIn(value: unknown, path: string, above: Set<object>): Generator<FoundText, void> {
  if (typeof value === 'string' || typeof value === 'number' || typeof value === 'bigint')
    yield { path, text: String(value) }
  if (typeof value !== 'object' || value === null || above.size > DEPTH_LIMIT || above.has(value)) return
  above.add(value)
  if (Array.isArray(value)) {
    for (const [index, member] of value.entries()) yield* textsIn(member, `${path}[${index}]`, above)
  } else if (isHolder(value)) {
    for (const [name, member] of Object.entries(value)) {
      const inner = path === '' ? name : `${path}.${name}`
      yield { path: inner, text: name }
      yield* textsIn(member, inner, above)
    }
  }
  above.delete(value)
}
