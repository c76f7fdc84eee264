/** My job: what a call may add to the record by itself: open events and facts, and nothing that moves the run (law 7). */
import { RunError } from '../../errors/swarm-error.ts'
import type { FactInput } from '../../events/envelope.ts'
import type { SwarmFamilyType } from '../../events/open-events.ts'
import type { EventDraft } from '../../events/swarm-event.ts'
import { isJsonObject, type JsonValue } from '../../flow/json.ts'
import { toFacts } from '../../prompt/handoff-fields.ts'
import { toPlainJson } from '../plain-json.ts'
import type { RunningCall } from './running-call.ts'

const RECORD_CHARACTERS = 16_384
const FACTS_CHARACTERS = 1_048_576
const NAME_CHARACTERS = 200

const SWARM_FAMILY: ReadonlySet<unknown> = new Set<SwarmFamilyType>([
  'routing_started',
  'routing_completed',
  'planning_started',
  'planning_completed',
  'specialist_started',
  'specialist_completed',
  'specialist_failed',
  'evaluation_started',
  'evaluation_completed',
  'swarm_completed',
  'error_occurred',
])

/** The draft of an event that a call records. Throws `event_invalid`, `event_too_large`, `not_serializable`. */
export function openDraft({ scope }: RunningCall, event: unknown): EventDraft {
  const { value } = toPlainJson(event)
  if (!isJsonObject(value)) throw invalid('nothing that has a type')
  const { type, name, data = null } = value
  const { length } = JSON.stringify(data)
  if (length > RECORD_CHARACTERS) {
    const message = `"${String(type).slice(0, NAME_CHARACTERS)}" carries ${length} characters; at most ${RECORD_CHARACTERS} can be recorded. Put the rest into artifacts.`
    throw new RunError(message, { code: 'event_too_large' })
  }
  if (type === 'custom') return { ...scope, type, name: nameOf(name), data }
  if (isSwarmFamily(type) && isJsonObject(data)) return { ...scope, type, data }
  throw invalid(`"${String(type).slice(0, NAME_CHARACTERS)}"`)
}

function isSwarmFamily(type: JsonValue | undefined): type is SwarmFamilyType {
  return SWARM_FAMILY.has(type)
}

function nameOf(name: JsonValue | undefined): string {
  if (typeof name === 'string' && name !== '' && name.length <= NAME_CHARACTERS) return name
  throw invalid(`a custom event without a name of 1 to ${NAME_CHARACTERS} characters`)
}

function invalid(what: string): RunError {
  const message = `A call tried to record ${what}. It can record events of the swarm family with their data, and custom ones with a name.`
  return new RunError(message, { code: 'event_invalid' })
}

/** Facts as they can be recorded. Throws `fact_invalid`, `event_too_large`, `not_serializable`. */
export function readFacts(facts: unknown): readonly FactInput[] {
  const { value, text } = toPlainJson(facts)
  if (text.length > FACTS_CHARACTERS) {
    const message = `Facts of ${text.length} characters were put at once; at most ${FACTS_CHARACTERS} can be recorded. Put fewer.`
    throw new RunError(message, { code: 'event_too_large' })
  }
  return (Array.isArray(value) ? value : [value]).map((fact: JsonValue) => {
    const [read] = toFacts([fact]) ?? []
    if (read !== undefined) return read
    const message = `A fact needs a key and a value of at most 16,000 characters, but ${JSON.stringify(fact).slice(0, 200)} was put.`
    throw new RunError(message, { code: 'fact_invalid' })
  })
}
