/** The fields of routing (rules L1 and L2). */

import { type Holder, isHolder } from '../input/value.ts'
import { json } from './json-reader.ts'
import {
  below,
  id,
  list,
  oneOf,
  type Place,
  type Reader,
  refuseType,
  refuseValue,
  text,
  whole,
} from './reader.ts'
import { type Fields, readRecord } from './record.ts'
import { condition } from './text-readers.ts'

const operator = oneOf('equals', 'not_equals', 'in', 'not_in', 'contains')
const conditionCase: Fields = { when: condition, next: id }
const fieldCase: Fields = { field: text, operator, value: json, next: id }

/** One case of a branch: a condition, or a comparison of a field. */
const branchCase: Reader = (value, place) => {
  if (!isHolder(value)) return refuseType(value, place, 'an object with a "next"')
  if (value.when === undefined) {
    const read = readRecord(value, place, { fields: fieldCase, required: ['value', 'next'] })
    return checkOperator(read, below(place, value, 'value'))
  }
  const elsewhere = { fields: fieldCase, reason: () => 'does not go with "when". Make it a case of its own.' }
  return readRecord(value, place, { fields: conditionCase, required: ['next'], elsewhere })
}

function checkOperator(read: Holder, place: Place): Holder {
  const { operator = 'equals', value } = read
  if (value === undefined) return read
  const wantsList = operator === 'in' || operator === 'not_in'
  const isScalar = typeof value !== 'object' || value === null
  if (wantsList && !Array.isArray(value)) refuseValue(value, place, `a list for "${String(operator)}"`)
  if (!wantsList && !isScalar) refuseValue(value, place, `a single value for "${String(operator)}"`)
  return read
}

const kind = oneOf('linear', 'microloop', 'branch', 'terminal')

interface RoutingShape {
  readonly fields: Fields
  readonly required: readonly string[]
}

const shapes: ReadonlyMap<unknown, RoutingShape> = new Map([
  ['linear', { fields: { kind, next: id }, required: [] }],
  [
    'microloop',
    {
      fields: {
        kind,
        loopTarget: id,
        next: id,
        field: text,
        successValues: list(text, { least: 1 }),
        maxIterations: whole(0),
        stallAfter: whole(1),
      },
      required: ['loopTarget'],
    },
  ],
  [
    'branch',
    {
      fields: { kind, cases: list(branchCase, { least: 1 }), default: id, maxIterations: whole(0) },
      required: ['cases'],
    },
  ],
  ['terminal', { fields: { kind }, required: [] }],
])

const anyShape: RoutingShape = {
  fields: Object.assign({}, ...[...shapes.values()].map(({ fields }) => fields)),
  required: ['kind'],
}

/** Where a step goes. What is left out of a faulty one would be missing to the linter, so it is dropped. */
export const routing: Reader = (value, place) => {
  if (!isHolder(value)) return refuseType(value, place, 'an object with a "kind"')
  const shape = shapes.get(value.kind) ?? anyShape
  const reason = () => `has no use in ${String(value.kind)} routing.`
  const read = readRecord(value, place, { ...shape, elsewhere: { fields: anyShape.fields, reason } })
  return ['kind', ...shape.required].every((name) => Object.hasOwn(read, name)) ? read : undefined
}
