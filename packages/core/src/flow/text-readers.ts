/** Readers of the two small languages inside a flow: conditions (rule F7) and references (rule T1). */
import { SwarmError } from '../errors/swarm-error.ts'
import { show } from '../input/value.ts'
import { type Condition, type ConditionProblem, compileCondition } from './condition.ts'
import { nameOf, type Place, type Reader, report, text } from './reader.ts'
import { parseReference, type ReferenceRoot } from './reference.ts'

/** A condition that is true or false. Inside a map it may name `item` and `index`. */
export const condition: Reader = (value, place) => {
  const source = text(value, place)
  if (typeof source !== 'string') return undefined
  const compiled = compileAt(source, place, { item: isItemPlace(place) })
  if (compiled === undefined) return undefined
  if (isOfType(compiled, ['bool'])) return source
  return refuseResult(source, place, { type: compiled.type, wanted: 'true or false' })
}

/** A reference that starts with `$`, to one of these roots. */
export function reference(...roots: readonly ReferenceRoot[]): Reader {
  return (value, place) => {
    const source = text(value, place)
    if (typeof source !== 'string') return undefined
    const parsed = parseReference(source)
    if (parsed !== undefined && roots.includes(parsed.root)) return source
    const wanted = `a reference such as ${roots.map((root) => EXAMPLES[root]).join(' or ')}`
    const finding = `has ${nameOf(place)} ${show(source)}, which must be ${wanted}, and nothing else.`
    return report(place, { code: 'reference_invalid', text: finding })
  }
}

/** A reference, when it starts with `$`, else CEL of one of these types. */
export function referenceOrCel(
  roots: readonly ReferenceRoot[],
  { types, item }: { readonly types: readonly string[]; readonly item: boolean },
): Reader {
  const readReference = reference(...roots)
  return (value, place) => {
    const source = text(value, place)
    if (typeof source !== 'string') return undefined
    if (source.startsWith('$')) return readReference(source, place)
    const compiled = compileAt(source, place, { item })
    if (compiled === undefined) return undefined
    if (types.length === 0 || isOfType(compiled, types)) return source
    return refuseResult(source, place, { type: compiled.type, wanted: types.join(' or ') })
  }
}

const EXAMPLES: Readonly<Record<ReferenceRoot, string>> = {
  step: '"$plan.output"',
  winner: '"$winner.output"',
  params: '"$params.topic"',
  item: '"$item.name"',
  index: '"$index"',
}

function compileAt(source: string, place: Place, options: { readonly item: boolean }): Condition | undefined {
  try {
    return compileCondition(source, options)
  } catch (error) {
    if (!SwarmError.is(error)) throw error
    // compileCondition says so in its contract.
    const { reason, position } = error.details as ConditionProblem
    const where = position === undefined ? '' : ` at character ${position + 1}`
    const finding = `has ${nameOf(place)} ${show(source)}, which is no CEL condition: ${reason}${where}.`
    return report(place, { code: 'condition_invalid', text: finding })
  }
}

function refuseResult(source: string, place: Place, result: { type: string; wanted: string }): undefined {
  const text = `has ${nameOf(place)} ${show(source)}, which is of type ${result.type}, but must be ${result.wanted}.`
  return report(place, { code: 'condition_invalid', text })
}

function isOfType({ type }: Condition, types: readonly string[]): boolean {
  return type === 'dyn' || types.some((wanted) => type === wanted || type.startsWith(`${wanted}<`))
}

function isItemPlace({ path }: Place): boolean {
  return /^steps\[\d+\]\.step\./.test(path)
}
