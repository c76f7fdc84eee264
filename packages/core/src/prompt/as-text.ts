import type { JsonValue } from '../flow/json.ts'

/** A value as text: a string as it is, everything else as JSON. */
export function asText(value: JsonValue): string {
  return typeof value === 'string' ? value : JSON.stringify(value)
}

/** The text of an output; where it was left out because the data says it all, the data. */
export function textOf(output: { readonly text?: string; readonly data?: JsonValue }): string {
  return output.text ?? asText(output.data ?? '')
}
