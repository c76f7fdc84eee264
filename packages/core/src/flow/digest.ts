import { sha256 } from '@noble/hashes/sha2.js'
import { bytesToHex } from '@noble/hashes/utils.js'
import type { FlowDefinition, StepDefinition } from './definition.ts'
import type { JsonValue } from './json.ts'

const encoder = new TextEncoder()

/** SHA-256 of a text as UTF-8, in lower-case hexadecimal. */
export const digestText: (text: string) => string =
  nativeDigest() ?? ((text) => bytesToHex(sha256(encoder.encode(text))))

/**
 * The runtime's own SHA-256, which is ten times faster, where the runtime offers one without an import:
 * every step is hashed twice. The two agree by definition, and a test compares them.
 */
function nativeDigest(): ((text: string) => string) | undefined {
  const runtime: unknown = Reflect.get(globalThis, 'process')
  const load = memberOf(runtime, 'getBuiltinModule')
  const hash = load === undefined ? undefined : memberOf(load.call(runtime, 'crypto'), 'hash')
  return hash === undefined ? undefined : (text) => String(hash('sha256', text, 'hex'))
}

function memberOf(owner: unknown, name: string): ((...input: readonly unknown[]) => unknown) | undefined {
  const member: unknown = typeof owner === 'object' && owner !== null ? Reflect.get(owner, name) : undefined
  return isFunction(member) ? member : undefined
}

function isFunction(value: unknown): value is (...input: readonly unknown[]) => unknown {
  return typeof value === 'function'
}

/** SHA-256 of a value in canonical form: equal values have equal digests, whatever their key order. */
export function digestJson(value: JsonValue): string {
  return digestText(canonicalJson(value))
}

/** JSON with sorted keys and no white space. */
export function canonicalJson(value: JsonValue): string {
  if (typeof value !== 'object' || value === null) return JSON.stringify(value)
  if (isArray(value)) return `[${value.map(canonicalJson).join(',')}]`
  const members: string[] = []
  for (const key of Object.keys(value).sort()) {
    const member = value[key]
    if (member !== undefined) members.push(`${JSON.stringify(key)}:${canonicalJson(member)}`)
  }
  return `{${members.join(',')}}`
}

function isArray(value: JsonValue): value is readonly JsonValue[] {
  return Array.isArray(value)
}

const stepDigests = new WeakMap<StepDefinition, string>()

/**
 * Digest of a step without its documentation: equal digests do the same work (rule S6). Computed once for each
 * definition object, when it is first asked for.
 */
export function digestStep(step: StepDefinition): string {
  const known = stepDigests.get(step)
  if (known !== undefined) return known
  const digest = digestJson(stepContent(step))
  stepDigests.set(step, digest)
  return digest
}

/** Digest of a flow without its documentation. */
export function digestFlow(flow: Omit<FlowDefinition, 'digest'>): string {
  const { title, description, charter, teaching, notes, steps, onComplete, onFailure, ...content } = flow
  return digestJson(
    toJson({
      ...content,
      steps: steps.map(stepContent),
      onComplete: onComplete?.nextFlow,
      onFailure: onFailure?.nextFlow,
    }),
  )
}

function stepContent(step: StepDefinition): JsonValue {
  const { title, description, teaching, notes, ...content } = step
  if (content.kind !== 'map') return toJson(content)
  return toJson({ ...content, step: stepContent(content.step) })
}

/** Definitions are JSON by construction; optional members that are left out are `undefined` to the types. */
function toJson(value: unknown): JsonValue {
  // The one place that says so to the compiler: canonicalJson skips undefined members.
  return value as JsonValue
}
