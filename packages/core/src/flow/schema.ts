/**
 * JSON Schema, draft 2020-12: is a value as a schema wants it, and is the schema one at all. The validator
 * looks a schema's mistakes over in silence (`type: 'strng'` matches nothing), so schemas are validated too,
 * against the schema of schemas below, when a flow is made.
 */
import { dereference, type OutputUnit, type Schema, validate } from '@cfworker/json-schema'
import { appliedBy, type SchemaLookup, targetOf } from './applied-schemas.ts'
import type { JsonSchema, JsonValue } from './json.ts'
import { focusUnique, type UniqueSchema } from './unique-items.ts'

const PROBLEM_LIMIT = 10
const PROBLEM_LENGTH = 300
const VALUE_DEPTH = 256
const UNSEARCHABLE = 'the value: has items twice in lists that are too large to be searched for them'

/**
 * What is wrong with a value, as `/path/to/it: why`, at most ten; empty when it matches. A schema that cannot
 * be applied is a problem too. It is prepared once for each schema object.
 */
export function validateJson(schema: JsonSchema, value: JsonValue): readonly string[] {
  // The validator follows a value by recursion, and V8 can end the process when its stack runs out.
  if (isDeeper(value, VALUE_DEPTH)) return [`the value: is more than ${VALUE_DEPTH} levels deep`]
  try {
    const prepared = prepare(schema)
    if (prepared.unique.length > 0 && !focusUnique(prepared, value)) return [UNSEARCHABLE]
    const { errors } = validate(value, prepared.schema, '2020-12', prepared.lookup, false)
    return errors.filter(isCause).slice(0, PROBLEM_LIMIT).map(toProblem)
  } catch (error) {
    return [`the schema cannot be applied: ${reasonOf(error)}`]
  }
}

/** What is wrong with a schema, as {@link validateJson} tells it; empty when it can be used. */
export function checkSchema(schema: JsonSchema): readonly string[] {
  const problems = validateJson(schemaOfSchemas, schema)
  if (problems.length > 0) return problems
  try {
    const { lookup } = prepare(schema)
    const dangling = unresolved(lookup)
    return dangling.length > 0 ? dangling : endless(lookup)
  } catch (error) {
    return [reasonOf(error)]
  }
}

/** The validator adds all the schemas that it knows to some of its messages. */
function reasonOf(error: unknown): string {
  const [reason = ''] = (error instanceof Error ? error.message : String(error)).split('\n')
  return reason.slice(0, PROBLEM_LENGTH)
}

function isDeeper(value: JsonValue, levels: number): boolean {
  if (typeof value !== 'object' || value === null) return false
  return levels === 0 || Object.values(value).some((member) => isDeeper(member, levels - 1))
}

const preparedSchemas = new WeakMap<JsonSchema, UniqueSchema>()

/** The validator writes into the schema that it is given, so it gets a copy: definitions are frozen. */
function prepare(schema: JsonSchema): UniqueSchema {
  const known = preparedSchemas.get(schema)
  if (known !== undefined) return known
  const copy: Schema = JSON.parse(JSON.stringify(schema))
  const lookup = dereference(copy)
  const inner = [...new Set(Object.values(lookup))].filter((one) => typeof one !== 'boolean')
  inner.forEach(mendFormat)
  const prepared = { schema: copy, lookup, unique: inner.filter(({ uniqueItems }) => uniqueItems === true) }
  preparedSchemas.set(schema, prepared)
  return prepared
}

/** No format of JSON Schema: the validator's pattern for it takes twice as long for each further letter of a host. */
function mendFormat(schema: Schema): void {
  if (schema.format === 'url') schema.format = 'uri'
}

function unresolved(lookup: SchemaLookup): readonly string[] {
  return Object.values(lookup).flatMap((schema) => {
    const isDangling =
      typeof schema !== 'boolean' && schema.$ref !== undefined && targetOf(schema, lookup) === undefined
    return isDangling ? [`$ref "${schema.$ref}" leads nowhere`] : []
  })
}

/** A schema that applies itself to the same value again never comes to an end. */
function endless(lookup: SchemaLookup): readonly string[] {
  const left = new Set(Object.values(lookup))
  for (let before = -1; before !== left.size; ) {
    before = left.size
    for (const schema of left)
      if (!appliedBy(schema, lookup).some((inner) => left.has(inner))) left.delete(schema)
  }
  return left.size === 0 ? [] : ['it refers to itself without end']
}

/** Keywords that only say that something below them is wrong, which stands in an error of its own. */
const wrappers: ReadonlySet<string> = new Set([
  '$ref',
  '$recursiveRef',
  'allOf',
  'if',
  'properties',
  'patternProperties',
  'additionalProperties',
  'unevaluatedProperties',
  'propertyNames',
  'dependentSchemas',
  'items',
  'prefixItems',
  'additionalItems',
  'unevaluatedItems',
])

function isCause({ keyword }: OutputUnit): boolean {
  return !wrappers.has(keyword)
}

function toProblem({ instanceLocation, keyword, error }: OutputUnit): string {
  const place = instanceLocation === '#' ? 'the value' : decodeURIComponent(instanceLocation.slice(1))
  const reason = keyword === 'false' ? 'is not allowed' : error.replace(/^Instance /, '')
  return `${place}: ${reason.replace(/\.$/, '')}`.slice(0, PROBLEM_LENGTH)
}

const schemaLike: JsonSchema = { $ref: '#' }
const listOfSchemas: JsonSchema = { type: 'array', minItems: 1, items: schemaLike }
const mapOfSchemas: JsonSchema = { type: 'object', additionalProperties: schemaLike }
const count: JsonSchema = { type: 'integer', minimum: 0 }
const names: JsonSchema = { type: 'array', items: { type: 'string' }, uniqueItems: true }
const typeName: JsonSchema = { enum: ['null', 'boolean', 'object', 'array', 'number', 'integer', 'string'] }

/** The schema of schemas, with the keywords that the validator knows. */
const schemaOfSchemas: JsonSchema = {
  type: ['object', 'boolean'],
  properties: {
    ...all(['$id', '$schema', '$anchor', '$ref', '$comment', 'title', 'description', 'format'], {
      type: 'string',
    }),
    ...all(['$defs', 'definitions', 'properties', 'dependentSchemas'], mapOfSchemas),
    ...all(['allOf', 'anyOf', 'oneOf', 'prefixItems'], listOfSchemas),
    ...all(['additionalProperties', 'unevaluatedProperties', 'propertyNames', 'items'], schemaLike),
    ...all(['unevaluatedItems', 'contains', 'not', 'if', 'then', 'else'], schemaLike),
    ...all(['minLength', 'maxLength', 'minItems', 'maxItems', 'minContains', 'maxContains'], count),
    ...all(['minProperties', 'maxProperties'], count),
    ...all(['minimum', 'maximum', 'exclusiveMinimum', 'exclusiveMaximum'], { type: 'number' }),
    patternProperties: { ...mapOfSchemas, propertyNames: { format: 'regex' } },
    pattern: { type: 'string', format: 'regex' },
    multipleOf: { type: 'number', exclusiveMinimum: 0 },
    uniqueItems: { type: 'boolean' },
    required: names,
    dependentRequired: { type: 'object', additionalProperties: names },
    enum: { type: 'array', minItems: 1 },
    type: { anyOf: [typeName, { type: 'array', minItems: 1, items: typeName, uniqueItems: true }] },
  },
}

function all(keywords: readonly string[], schema: JsonSchema): Readonly<Record<string, JsonSchema>> {
  return Object.fromEntries(keywords.map((keyword) => [keyword, schema]))
}
