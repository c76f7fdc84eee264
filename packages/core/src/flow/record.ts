/** Objects with known fields: what is unknown, missing or out of place is reported, the rest is read. */
import { closest } from '../errors/closest.ts'
import { type Holder, isHolder } from '../input/value.ts'
import { type Spelling, spell } from './issue-list.ts'
import { below, type Place, type Reader, refuseType, report } from './reader.ts'

/** How each field of an object is read. */
export type Fields = Readonly<Record<string, Reader>>

/** What else there is to know about the fields of an object. */
export interface RecordOptions {
  /** Fields that must be there. */
  readonly required?: readonly string[]
  /** Fields that Baton knows, but that have no use here. */
  readonly elsewhere?: Elsewhere
}

/** Fields of a neighbour's kind. */
export interface Elsewhere {
  readonly fields: Fields
  /** Why one of them has no use here, and what to do instead. */
  readonly reason: (name: string) => string
}

/** An object with these fields and no others. */
export function record(fields: Fields, options: RecordOptions = {}): Reader {
  return (value, place) => {
    if (!isHolder(value)) return refuseType(value, place, 'an object')
    return readRecord(value, place, { fields, ...options })
  }
}

/** Reads the fields of an object that is known to be one. */
export function readRecord(
  holder: Holder,
  place: Place,
  options: RecordOptions & { fields: Fields },
): Holder {
  const { fields, required = [], elsewhere } = options
  const spelled = spellFields(fields, place.issues.spelling)
  const read: Record<string, unknown> = {}
  const present = new Set<string>()
  for (const key of Object.keys(holder)) {
    const value = holder[key]
    const name = spelled.get(key)
    if (value === undefined) continue
    if (name === undefined) {
      refuseField(strangePlace(place, holder, key), key, { known: spelled, elsewhere })
      continue
    }
    present.add(name)
    const member = fields[name]?.(value, below(place, holder, key, name))
    if (member !== undefined) read[name] = member
  }
  for (const name of required) {
    if (!present.has(name)) refuseMissing(below(place, holder, name))
  }
  return read
}

/** The place of a field that is not known, and so is spelled as it is. */
function strangePlace(place: Place, holder: Holder, key: string): Place {
  const inner = below(place, holder, key)
  const origin = place.origins?.find(holder, key)
  if (origin !== undefined) place.issues.locate(inner.path, { ...origin, name: key })
  return inner
}

const spellings: Readonly<Record<Spelling, WeakMap<Fields, ReadonlyMap<string, string>>>> = {
  camel: new WeakMap(),
  snake: new WeakMap(),
}

/** The fields by their spelling in the source; every step has the same ones, so it is kept. */
function spellFields(fields: Fields, spelling: Spelling): ReadonlyMap<string, string> {
  const known = spellings[spelling].get(fields)
  if (known !== undefined) return known
  const spelled = new Map(Object.keys(fields).map((name) => [spell(name, spelling), name]))
  spellings[spelling].set(fields, spelled)
  return spelled
}

function refuseMissing(place: Place): void {
  report(place, { code: 'missing_field', text: `has no "${place.issues.fieldAt(place.path)}".` })
}

interface Refusal {
  readonly known: ReadonlyMap<string, string>
  readonly elsewhere: Elsewhere | undefined
}

const LISTED_FIELDS = 12

function refuseField(place: Place, key: string, { known, elsewhere }: Refusal): void {
  const field = place.issues.fieldAt(place.path)
  const name = elsewhere && spellFields(elsewhere.fields, place.issues.spelling).get(key)
  if (elsewhere !== undefined && name !== undefined) {
    const text = `has "${field}", which ${elsewhere.reason(name)}`
    return report(place, { code: 'field_not_applicable', text })
  }
  const near = closest(key, known.keys())
  const all = known.size > LISTED_FIELDS ? '' : ` Known are ${[...known.keys()].join(', ')}.`
  const hint = near === undefined ? all : ` Did you mean "${near}"?`
  report(place, { code: 'unknown_field', text: `has unknown field "${field}".${hint}` })
}
