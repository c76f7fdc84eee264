/** My job: the items of a map, recorded before the first of them starts (rule M1). */
import { toPlainError } from '../../errors/plain-error.ts'
import type { MapItem } from '../../events/step-events.ts'
import { compileCondition } from '../../flow/condition.ts'
import type { MapStep } from '../../flow/definition.ts'
import { canonicalJson, digestText } from '../../flow/digest.ts'
import type { JsonValue } from '../../flow/json.ts'
import { parseReference } from '../../flow/reference.ts'
import { referenceUnresolved } from '../../prompt/lookup.ts'
import { pickPath } from '../../prompt/pick-field.ts'
import { conditionScope } from '../../run/condition-scope.ts'
import { stepScope } from '../../run/drafts.ts'
import { definitionOf } from '../../run/state.ts'
import { EVENT_CHARACTERS, failLaunch, type Launch, recordStart } from './record-start.ts'
import { createLookup } from './reference-lookup.ts'

const DEFAULT_MAX_ITEMS = 1_000

/** Records the start and the items; a map that runs again for its failed items keeps them. */
export function startMap(launch: Launch): void {
  const { session, execution } = launch
  const definition = definitionOf(execution)
  if (definition.kind !== 'map') return
  if (execution.step.map !== undefined) {
    recordStart(launch)
    return
  }
  const list = readItems(launch, definition)
  if ('code' in list) {
    failLaunch(launch, list.code, list.message)
    return
  }
  const items = toItems(launch, definition, list.values)
  if ('code' in items) {
    failLaunch(launch, items.code, items.message)
    return
  }
  recordStart(launch, { inputs: list.inputs })
  session.record({ type: 'map_expanded', ...stepScope(execution), items: items.items })
}

interface Refusal {
  readonly code: string
  readonly message: string
}

interface Items {
  readonly values: readonly JsonValue[]
  readonly inputs: Readonly<Record<string, JsonValue>>
}

function readItems(launch: Launch, definition: MapStep): Items | Refusal {
  const reference = parseReference(definition.items)
  if (reference === undefined) return readByCondition(launch, definition)
  const found = createLookup(launch.execution, launch.loaded)(reference)
  if (found.found) return asList(launch, definition, { value: found.value, name: reference.source })
  if (reference.optional) return { values: [], inputs: {} }
  return {
    code: 'reference_unresolved',
    message: referenceUnresolved([{ reference, why: found.why }]).message,
  }
}

function readByCondition({ session, execution }: Launch, definition: MapStep): Items | Refusal {
  try {
    const value = compileCondition(definition.items).evaluate(conditionScope(session.state, execution))
    return asList({ session }, definition, { value, name: definition.items })
  } catch (thrown) {
    return { code: 'condition_error', message: toPlainError(thrown).message }
  }
}

function asList(
  { session }: Pick<Launch, 'session'>,
  definition: MapStep,
  { value, name }: { readonly value: JsonValue; readonly name: string },
): Items | Refusal {
  // What is read out of a text can show a secret that its escapes have hidden.
  const parsed = typeof value === 'string' ? session.host.secrets.copy(parseList(value)) : value
  const limit = definition.maxItems ?? DEFAULT_MAX_ITEMS
  if (!Array.isArray(parsed)) {
    const shown = JSON.stringify(value)?.slice(0, 80)
    return {
      code: 'map_items_invalid',
      message: `Map "${definition.id}": "${definition.items}" gave ${shown}, not a list.`,
    }
  }
  if (parsed.length > limit) {
    const message = `Map "${definition.id}" got ${parsed.length} items, but maxItems is ${limit}. Raise it or give fewer.`
    return { code: 'map_items_invalid', message }
  }
  return { values: parsed, inputs: { [name]: value } }
}

/** An agent's answer may be a list written as JSON. */
function parseList(text: string): JsonValue {
  try {
    return JSON.parse(text)
  } catch {
    return text
  }
}

function toItems(
  launch: Launch,
  definition: MapStep,
  values: readonly JsonValue[],
): { items: MapItem[] } | Refusal {
  const items: MapItem[] = []
  const taken = new Map<string, number>()
  for (const [index, value] of values.entries()) {
    const key = keyOf(launch, definition, { value, index })
    if (typeof key !== 'string') return key
    const problem = problemOf(definition, key, taken.get(key))
    if (problem !== undefined) {
      const message = `Map "${definition.id}": item ${index} ${problem}. Give items that differ, or another itemKey.`
      return { code: 'map_items_invalid', message }
    }
    taken.set(key, index)
    items.push({ key, value })
  }
  const { length } = JSON.stringify(items)
  if (length <= EVENT_CHARACTERS) return { items }
  const message = `Map "${definition.id}": the items have ${length} characters together; at most ${EVENT_CHARACTERS} can be recorded. Put them into artifacts and give their paths.`
  return { code: 'map_items_invalid', message }
}

const KEY_CHARACTERS = 256

function problemOf({ itemKey }: MapStep, key: string, takenBy: number | undefined): string | undefined {
  if (itemKey === undefined) return takenBy === undefined ? undefined : `equals item ${takenBy}`
  const named = `has the key "${key.slice(0, 80)}", which`
  if (key === '') return `${named} is empty`
  if (key.length > KEY_CHARACTERS) return `${named} is longer than ${KEY_CHARACTERS} characters`
  return takenBy === undefined ? undefined : `${named} item ${takenBy} has already`
}

interface Place {
  readonly value: JsonValue
  readonly index: number
}

function keyOf(
  { session, execution }: Launch,
  definition: MapStep,
  { value, index }: Place,
): string | Refusal {
  const { itemKey } = definition
  if (itemKey === undefined) return digestText(canonicalJson(value)).slice(0, 16)
  const reference = parseReference(itemKey)
  if (reference?.root === 'index') return String(index)
  if (reference?.root === 'item') {
    const found = pickPath(value, reference.path)
    return found.found ? toKey(found.value) : ''
  }
  try {
    const scope = { ...conditionScope(session.state, execution), item: value, index }
    return toKey(compileCondition(itemKey).evaluate(scope))
  } catch (thrown) {
    return { code: 'condition_error', message: toPlainError(thrown).message }
  }
}

function toKey(value: JsonValue): string {
  return typeof value === 'string' ? value : canonicalJson(value)
}
