/** My job: what a step gave, as its event shows it: small ones whole, large ones in artifacts (rule J5). */
import type { OutputRecord, StepOutput } from '../events/envelope.ts'
import { digestText } from '../flow/digest.ts'
import type { JsonValue } from '../flow/json.ts'
import type { ArtifactStore } from '../storage/artifact-store.ts'
import type { PlainJson } from './plain-json.ts'

const INLINE_CHARACTERS = 16_384
const PREVIEW_CHARACTERS = 2_000
const INLINE_DATA_CHARACTERS = 65_536

/** What is to be recorded: a text, structured data, or both. */
export interface RawOutput {
  readonly text?: string
  readonly data?: PlainJson
}

/** Whether recording it writes no artifact. */
export function isSmall({ text = '', data }: RawOutput): boolean {
  return (
    text.length <= INLINE_CHARACTERS && (data === undefined || data.text.length <= INLINE_DATA_CHARACTERS)
  )
}

/** The record of an output that is small. */
export function toSmallOutput(raw: RawOutput): StepOutput {
  const { text, data } = raw
  const { digest, characters } = measure(raw)
  const output: OutputRecord = text === undefined ? { digest, characters } : { digest, characters, text }
  return data === undefined ? { output } : { output, data: data.value }
}

function measure({ text, data }: RawOutput): { readonly digest: string; readonly characters: number } {
  const whole = text === undefined ? (data?.text ?? '') : data === undefined ? text : `${text}\n${data.text}`
  return { digest: digestText(whole), characters: text?.length ?? data?.text.length ?? 0 }
}

/** Where large outputs go, and how safe they must be: as safe as the event that names them. */
export interface OutputStore {
  readonly artifacts: ArtifactStore
  readonly host: { readonly sync: 'disk' | 'os' }
}

/** The record of any output; what is too large goes to artifacts that begin with `path`. */
export async function storeOutput(
  { artifacts, host: { sync } }: OutputStore,
  path: string,
  raw: RawOutput,
): Promise<StepOutput> {
  if (isSmall(raw)) return toSmallOutput(raw)
  const { text, data } = raw
  const isLongText = text !== undefined && text.length > INLINE_CHARACTERS
  const isLargeData = data !== undefined && data.text.length > INLINE_DATA_CHARACTERS
  if (isLongText) await artifacts.put(`${path}.txt`, text, { sync })
  if (isLargeData) await artifacts.put(`${path}.json`, data.text, { sync })
  const shown = isLongText
    ? { text: text.slice(0, PREVIEW_CHARACTERS), ref: `${path}.txt` }
    : text === undefined
      ? {}
      : { text }
  return {
    output: { ...measure(raw), ...shown },
    ...(isLargeData ? { dataRef: `${path}.json` } : {}),
    ...(data !== undefined && !isLargeData ? { data: data.value } : {}),
  }
}

/** Artifacts that have to be read before an output is whole. */
export function refsOf({ output, dataRef }: StepOutput): readonly string[] {
  if (output.ref === undefined && dataRef === undefined) return NO_REFS
  return [output.ref, dataRef].filter((ref) => ref !== undefined)
}

const NO_REFS: readonly string[] = []

/** The texts of artifacts by path. */
export type LoadedTexts = ReadonlyMap<string, string>

/** Nothing was read: no output lies in an artifact. */
export const NO_TEXTS: LoadedTexts = new Map()

/** Reads artifacts that outputs name; one that is missing reads as an empty text. */
export async function loadTexts(artifacts: ArtifactStore, refs: readonly string[]): Promise<LoadedTexts> {
  if (refs.length === 0) return NO_TEXTS
  const unique = [...new Set(refs)]
  const texts = await Promise.all(unique.map(async (ref) => [ref, (await artifacts.get(ref)) ?? ''] as const))
  return new Map(texts)
}

/** The text of an output, whole. */
export function textOf({ output }: StepOutput, loaded: LoadedTexts): string | undefined {
  return output.ref === undefined ? output.text : (loaded.get(output.ref) ?? output.text)
}

/** The structured data of an output, whole. */
export function dataOf({ data, dataRef }: StepOutput, loaded: LoadedTexts): JsonValue | undefined {
  if (dataRef === undefined) return data
  const text = loaded.get(dataRef)
  return text === undefined ? undefined : JSON.parse(text)
}

/** An output as a value: its data, else its text. */
export function asValue(output: StepOutput, loaded: LoadedTexts): JsonValue {
  return dataOf(output, loaded) ?? textOf(output, loaded) ?? null
}
