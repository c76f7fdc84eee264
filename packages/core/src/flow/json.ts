/** Any value that survives `JSON.parse(JSON.stringify(value))` unchanged. */
export type JsonValue = string | number | boolean | null | readonly JsonValue[] | JsonObject

/** A plain object of {@link JsonValue}s. */
export interface JsonObject {
  readonly [key: string]: JsonValue
}

/** A JSON Schema (draft 2020-12), kept as the data it is. */
export type JsonSchema = JsonObject

/** Whether a value is a plain object rather than an array, `null` or a primitive. */
export function isJsonObject(value: unknown): value is JsonObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}
