/** My job: what a step gave, as its event shows it: small ones whole, large ones in artifacts (rule J5). */
import type { PlainError } from '../errors/plain-error.ts'
import type { OutputRecord, StepOutput } from '../events/envelope.ts'
import { digestText } from '../flow/digest.ts'
import type { JsonValue } from '../flow/json.ts'
import { kernelError } from '../run/drafts.ts'
import type { ArtifactStore } from '../storage/artifact-store.ts'
import { contentPath, holdsItsContent } from './output-path.ts'
import type { PlainJson } from './plain-json.ts'

/** A longer text goes to an artifact. */
export const INLINE_CHARACTERS = 16_384
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

/** The record of any output; what is too large goes to artifacts whose paths begin with `base`. */
export async function storeOutput(store: OutputStore, base: string, raw: RawOutput): Promise<StepOutput> {
  if (isSmall(raw)) return toSmallOutput(raw)
  const { text, data } = raw
  const { output, data: shown } = toSmallOutput(raw)
  const isLongText = text !== undefined && text.length > INLINE_CHARACTERS
  const isLargeData = data !== undefined && data.text.length > INLINE_DATA_CHARACTERS
  const keep = async (content: string, ending: 'txt' | 'json'): Promise<string> => {
    const path = contentPath(base, digestText(content), ending)
    await store.artifacts.put(path, content, { sync: store.host.sync })
    return path
  }
  const preview = isLongText ? { text: text.slice(0, PREVIEW_CHARACTERS), ref: await keep(text, 'txt') } : {}
  return {
    output: { ...output, ...preview },
    ...(isLargeData ? { dataRef: await keep(data.text, 'json') } : {}),
    ...(shown === undefined || isLargeData ? {} : { data: shown }),
  }
}

/** Artifacts that have to be read before an output is whole. */
export function refsOf({ output, dataRef }: StepOutput): readonly string[] {
  if (output.ref === undefined && dataRef === undefined) return NO_REFS
  return [output.ref, dataRef].filter((ref) => ref !== undefined)
}

const NO_REFS: readonly string[] = []

/** The texts of artifacts by path; of one that is lost there is none. */
export type LoadedTexts = ReadonlyMap<string, string | undefined>

/** Nothing was read: no output lies in an artifact. */
export const NO_TEXTS: LoadedTexts = new Map()

/** Reads artifacts that outputs name. One that is gone, or holds something else, is lost. */
export async function loadTexts(artifacts: ArtifactStore, refs: readonly string[]): Promise<LoadedTexts> {
  if (refs.length === 0) return NO_TEXTS
  const load = async (ref: string): Promise<[string, string | undefined]> => {
    const text = await artifacts.get(ref)
    return [ref, text !== undefined && holdsItsContent(ref, text) ? text : undefined]
  }
  return new Map(await Promise.all([...new Set(refs)].map(load)))
}

/** What is wrong when one of these artifacts was read and is lost: whoever needs it must fail (law 6). */
export function lossOf(loaded: LoadedTexts, refs: Iterable<string> = loaded.keys()): PlainError | undefined {
  for (const ref of refs) {
    if (!loaded.has(ref) || loaded.get(ref) !== undefined) continue
    const message = `The output in "${ref}" is gone, or is not the one that was recorded. Put it back and resume with retryFailed, or start a new run.`
    return kernelError('output_lost', message)
  }
  return undefined
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
  const data = dataOf(output, loaded)
  return data === undefined ? (textOf(output, loaded) ?? null) : data
}
