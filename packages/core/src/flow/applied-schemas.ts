/** Which schemas a JSON Schema applies, and to what. */
import type { Schema } from '@cfworker/json-schema'

/** The schemas inside a prepared schema, by their addresses. */
export type SchemaLookup = Readonly<Record<string, Schema | boolean>>

/** The schemas that a schema applies to the value that it is applied to itself. */
export function appliedBy(schema: Schema | boolean, lookup: SchemaLookup): readonly (Schema | boolean)[] {
  if (typeof schema === 'boolean') return []
  const {
    allOf = [],
    anyOf = [],
    oneOf = [],
    not,
    if: condition,
    then: met,
    else: unmet,
    dependentSchemas = {},
    dependencies = {},
  } = schema
  const single = present([targetOf(schema, lookup), not, condition, met, unmet])
  const listed = [...allOf, ...anyOf, ...oneOf, ...Object.values(dependentSchemas)]
  return [...single, ...listed, ...Object.values(dependencies).filter((one) => !Array.isArray(one))]
}

/** The schemas that a schema may apply to a member of an object, or to an item of a list. */
export function appliedToMember(
  schema: Schema,
  name: string,
  isItem: boolean,
): readonly (Schema | boolean)[] {
  if (isItem) {
    const { prefixItems, items, additionalItems, contains, unevaluatedItems } = schema
    return present([prefixItems?.[Number(name)], items, additionalItems, contains, unevaluatedItems].flat())
  }
  const { properties = {}, patternProperties = {}, additionalProperties, unevaluatedProperties } = schema
  const own = Object.hasOwn(properties, name) ? properties[name] : undefined
  return present([own, additionalProperties, unevaluatedProperties, ...Object.values(patternProperties)])
}

/** The schema that a `$ref` leads to. */
export function targetOf(schema: Schema, lookup: SchemaLookup): Schema | boolean | undefined {
  return schema.$ref === undefined ? undefined : lookup[schema.__absolute_ref__ ?? schema.$ref]
}

function present(schemas: readonly (Schema | boolean | undefined)[]): readonly (Schema | boolean)[] {
  return schemas.filter((schema) => schema !== undefined)
}
