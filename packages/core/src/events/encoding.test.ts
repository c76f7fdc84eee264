import { describe, expect, expectTypeOf, it } from 'vitest'
import type * as z from 'zod/mini'
import { SwarmError } from '../errors/swarm-error.ts'
import { type durableShapes, parseEvent } from './encoding.ts'
import type { transientShapes } from './encoding-open.ts'
import type { envelope, transientEnvelope } from './encoding-parts.ts'
import type { SwarmEvent, SwarmEventType, TransientEvent } from './swarm-event.ts'

type Shapes = typeof durableShapes & typeof transientShapes

/** What zod gives for an event of a type. */
type Encoded<Type extends SwarmEventType> = z.output<
  z.ZodMiniObject<
    { type: z.ZodMiniLiteral<Type> } & ReturnType<Shapes[Type]> &
      ReturnType<Type extends TransientEvent['type'] ? typeof transientEnvelope : typeof envelope>
  >
>

/** The same type, with every member `readonly` and intersections flattened. */
type Normal<T> = T extends readonly (infer Member)[]
  ? readonly Normal<Member>[]
  : T extends object
    ? { readonly [Key in keyof T]: Normal<T[Key]> }
    : T

type Same<A, B> =
  (<T>() => T extends Normal<A> ? 1 : 2) extends <T>() => T extends Normal<B> ? 1 : 2 ? true : false

/** The event types whose encoding and interface differ. */
type Different = {
  [Type in SwarmEventType]: Same<Encoded<Type>, Extract<SwarmEvent, { type: Type }>> extends true
    ? never
    : Type
}[SwarmEventType]

/** Names what stands in it when that is not nothing. */
type None<T extends never> = T

const scope = { flowKey: 'build', visit: 1, frame: 'build#1', stepId: 'code', iteration: 1, attempt: 1 }
const place = { runId: 'run-1', seq: 7, ts: '2026-01-01T00:00:00.000Z' }
const stepError = {
  type: 'step_error',
  ...place,
  ...scope,
  error: { name: 'EngineError', code: 'timeout', message: 'Too slow', retryable: true },
  willRetry: false,
  durationMs: 3,
  queuedMs: 0,
}
const chunk = { type: 'token_chunk', runId: 'run-1', ts: place.ts, after: 7, ...scope, text: 'Hel' }

function refusal(value: unknown): Pick<SwarmError, 'code' | 'message' | 'details'> {
  try {
    parseEvent(value)
  } catch (thrown) {
    if (SwarmError.is(thrown)) return thrown
    throw thrown
  }
  throw new Error('The value was accepted')
}

describe('the encoding of events', () => {
  it('E4: is equal to the hand-written interfaces, for every type and in both directions', () => {
    expectTypeOf<None<Different>>().toEqualTypeOf<never>()
    expectTypeOf<keyof Shapes>().toEqualTypeOf<SwarmEventType>()
  })

  it('is told apart from an interface by one member more, on either side and at any depth', () => {
    expectTypeOf<Same<{ a: 1 }, { readonly a: 1 }>>().toEqualTypeOf<true>()
    expectTypeOf<Same<{ a: 1; b?: 2 }, { a: 1 }>>().toEqualTypeOf<false>()
    expectTypeOf<Same<{ a: 1 }, { a: 1; b?: 2 }>>().toEqualTypeOf<false>()
    expectTypeOf<Same<{ a?: 1 }, { a: 1 }>>().toEqualTypeOf<false>()
    expectTypeOf<Same<{ a: { b: 1 }[] }, { a: { b: 1; c?: 2 }[] }>>().toEqualTypeOf<false>()
    expectTypeOf<Same<{ a: 'x' | 'y' }, { a: 'x' }>>().toEqualTypeOf<false>()
  })
})

describe('parseEvent', () => {
  it('returns the very object that it was given', () => {
    expect(parseEvent(stepError)).toBe(stepError)
    expect(parseEvent(chunk)).toBe(chunk)
  })

  it('keeps members that this version does not know, at any depth', () => {
    const error = { ...stepError.error, hint: 'wait' }
    const parsed = parseEvent({ ...stepError, error, region: 'eu' })
    expect(parsed).toMatchObject({ region: 'eu', error: { hint: 'wait' } })
  })

  it.each([
    ['the type of a member', { ...stepError, willRetry: 'no' }, '"willRetry" must be boolean, not "no"'],
    ['a member that is missing', { ...stepError, willRetry: undefined }, '"willRetry" must be boolean'],
    [
      'a member deep inside',
      { ...stepError, error: { ...stepError.error, code: 7 } },
      '"error.code" must be string, not 7',
    ],
    ['a counter below 1', { ...stepError, attempt: 0 }, '"attempt" must be at least 1, not 0'],
    ['a number that is none in JSON', { ...stepError, durationMs: Number.NaN }, '"durationMs" must be'],
    ['an undefined member', { ...stepError, item: undefined }, '"item" must be string, not undefined'],
    [
      'a word that is not among the known',
      { type: 'run_completed', ...place, status: 'fine' },
      '"status" must be "succeeded" or "partial" or "failed" or "canceled", not "fine"',
    ],
    [
      'a step of an unknown kind',
      { type: 'node_injected', ...place, ...scope, node: { id: 'a', kind: 'magic' }, position: 'a' },
      '"node.kind" has none of the known forms',
    ],
    [
      'a value that is no JSON',
      { type: 'step_session', ...place, ...scope, session: new Map() },
      '"session" must be plain JSON',
    ],
    [
      'a value without an end',
      { type: 'step_session', ...place, ...scope, session: endless() },
      '"session" must be plain JSON',
    ],
    ['a transient event with a seq (E2)', { ...chunk, seq: 8 }, 'is never stored'],
    ['a durable event without a seq', { ...stepError, seq: undefined }, '"seq" must be'],
    ['something that is no object', [stepError], 'must be a JSON object'],
    ['something without a type', { ...place }, 'must have a text as its "type"'],
  ])('names what is wrong: %s', (_, value, message) => {
    const refused = refusal(value)
    expect(refused.code).toBe('event_invalid')
    expect(refused.message).toContain(message)
  })

  it('tells type and path as data', () => {
    const files = [{ path: 'a.ts', action: 'created' }, { path: 'b.ts' }]
    const { details } = refusal({ type: 'file_changes', ...place, ...scope, files })
    expect(details).toEqual({ type: 'file_changes', path: 'files[1].action' })
  })

  it('refuses a journal of a later format by name', () => {
    const refused = refusal({ type: 'run_created', ...place, formatVersion: 2, anything: 'new' })
    expect(refused).toMatchObject({ code: 'journal_too_new', details: { found: 2, supported: 1 } })
  })

  it('refuses an event that it does not know by name, with the nearest one that it knows', () => {
    const refused = refusal({ ...stepError, type: 'step_eror' })
    expect(refused.code).toBe('journal_too_new')
    expect(refused.message).toContain('"step_eror". Did you mean "step_error"?')
    expect(refusal({ ...place, type: 'toString' }).code).toBe('journal_too_new')
  })
})

function endless(): object {
  const value: Record<string, unknown> = {}
  value.self = value
  return value
}
