/**
 * JSON Schema, draft 2020-12: is a value as a schema wants it, and is the schema one at all. The validator
 * looks a schema's mistakes over in silence (`type: 'strng'` matches nothing), so schemas are validated too,
 * against the schema of schemas below, when a flow is made.
 */
import { dereference, type OutputUnit, type Schema, validate } from '@cfworker/json-schema'
import type { JsonSchema, JsonValue } from './json.ts'

const PROBLEM_LIMIT = 10
const PROBLEM_LENGTH = 300
const notApplicable = 'the schema cannot be applied'

/**
 * What is wrong with a value, as `/path/to/it: why`, at most ten; empty when it matches. A schema is prepared
 * once for each schema object.
 */
export function validateJson(schema: JsonSchema, value: JsonValue): readonly string[] {
  const prepared = prepare(schema)
  try {
    const { errors } = validate(value, prepared.schema, '2020-12', prepared.lookup, false)
    return errors.filter(isCause).slice(0, PROBLEM_LIMIT).map(toProblem)
  } catch (error) {
    return [`${notApplicable}: ${reasonOf(error)}`]
  }
}

/** What is wrong with a schema, as {@link validateJson} tells it; empty when it can be used. */
export function checkSchema(schema: JsonSchema): readonly string[] {
  const problems = validateJson(schemaOfSchemas, schema)
  if (problems.length > 0) return problems
  try {
    const dangling = unresolved(prepare(schema).lookup)
    return dangling.length > 0 ? dangling : attempt(schema)
  } catch (error) {
    return [reasonOf(error)]
  }
}

interface Prepared {
  readonly schema: Schema
  readonly lookup: Readonly<Record<string, Schema | boolean>>
}

const preparedSchemas = new WeakMap<JsonSchema, Prepared>()

/** The validator writes into the schema that it is given, so it gets a copy: definitions are frozen. */
function prepare(schema: JsonSchema): Prepared {
  const known = preparedSchemas.get(schema)
  if (known !== undefined) return known
  const copy: Schema = JSON.parse(JSON.stringify(schema))
  const prepared = { schema: copy, lookup: dereference(copy) }
  preparedSchemas.set(schema, prepared)
  return prepared
}

/** A value of each type: they show a reference without end before a run does. */
const samples: readonly JsonValue[] = [null, true, 0, '', [], {}]

function attempt(schema: JsonSchema): readonly string[] {
  const problems = samples.flatMap((sample) => validateJson(schema, sample))
  return problems.filter((problem) => problem.startsWith(notApplicable)).slice(0, 1)
}

function unresolved(lookup: Prepared['lookup']): string[] {
  return Object.values(lookup).flatMap((schema) => {
    if (typeof schema === 'boolean' || schema.$ref === undefined) return []
    const target = schema.__absolute_ref__ ?? schema.$ref
    return lookup[target] === undefined ? [`$ref "${schema.$ref}" leads nowhere`] : []
  })
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

function reasonOf(error: unknown): string {
  const text = error instanceof Error ? error.message : String(error)
  return (text.split('\n')[0] ?? '').slice(0, PROBLEM_LENGTH)
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
