import { createHostileEngines, createHostileReplies, type StubReply } from '@batonjs/engine-stub'
import { allOf, checkJournal, firstOf } from '@batonjs/testkit'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type { StepContext } from '../engine/context.ts'
import type { StepEngine } from '../engine/engine.ts'
import type { DurableEvent } from '../events/swarm-event.ts'
import type { StepFunction, StepInput } from '../flow/flow.ts'
import type { RunResult } from './options.ts'
import { createProcess, journalOf, type ProcessOptions } from './process.fixture.ts'

/** The longest line that any engine may cause (fault 22). */
const LINE_CHARACTERS = 262_144

const steps: readonly StepInput[] = [
  {
    id: 'hostile',
    prompt: 'Behave',
    needs: [],
    timeoutMs: 1_000,
    retry: { maxRetries: 1, delayMs: 10, maxDelayMs: 5_000 },
  },
  { id: 'sibling', prompt: 'Work', needs: [] },
  { id: 'after', prompt: 'Sum up $sibling.output', needs: ['hostile', 'sibling'], triggerRule: 'all_done' },
]

const rejections: unknown[] = []
const onRejection = (reason: unknown): void => void rejections.push(reason)
beforeAll(() => void process.on('unhandledRejection', onRejection))
afterAll(() => void process.off('unhandledRejection', onRejection))

interface Outcome {
  readonly result: RunResult
  readonly events: readonly DurableEvent[]
  readonly codes: readonly string[]
}

/** Runs the flow beside a hostile step, and checks what holds whatever that step does. */
async function survive(options: ProcessOptions, hostile: Partial<StepInput> = {}): Promise<Outcome> {
  // The first step with what the case asks for: a step all the same.
  const flow = steps.map((step) => (step.id === 'hostile' ? ({ ...step, ...hostile } as StepInput) : step))
  const { orchestrator, storage, clock } = createProcess(flow, { graceMs: 100, ...options })
  const result = await clock.drive(orchestrator.execute({ runId: 'run-1' }))
  const events = await journalOf(storage, 'run-1')
  expect(checkJournal(events)).toEqual([])
  expect(result).toMatchObject({ outputs: { sibling: expect.any(String), after: expect.any(String) } })
  expect(events.at(-1)?.type).toBe('run_completed')
  for (const event of events) expectSound(event)
  await new Promise((resolve) => setImmediate(resolve))
  expect(rejections.splice(0)).toEqual([])
  expect(Reflect.get({}, 'polluted')).toBeUndefined()
  return { result, events, codes: allOf(events, 'step_error').map(({ error }) => error.code) }
}

/** One line, of bounded length, that says the same after a round through JSON. */
function expectSound(event: DurableEvent): void {
  const line = JSON.stringify(event)
  expect(line.length).toBeLessThan(LINE_CHARACTERS)
  expect(line).not.toContain('\n')
  expect(JSON.parse(line)).toEqual(event)
  expect(event.runId).toBe('run-1')
}

/** An engine whose calls for the step `hostile` do as they please; others are answered. */
function engineOf(act: (context: StepContext) => unknown): StepEngine {
  return {
    specVersion: 1,
    id: 'rogue',
    async *runStep(context) {
      yield { type: 'token_chunk', text: '.' }
      if (context.stepId === 'hostile') await act(context)
      return { status: 'succeeded', output: `did ${context.stepId}` }
    },
  }
}

/** As {@link engineOf}, with a call that yields these. */
function yielding(...values: readonly unknown[]): StubReply {
  return { acts: values.map((event) => ({ kind: 'raw', event })) }
}

const replies = createHostileReplies()

/** How each reply ends the step that gets it; a step with retries has one more. */
const ENDS: Readonly<Record<string, readonly string[]>> = {
  throws_error: ['engine_error'],
  throws_string: ['engine_error'],
  throws_undefined: ['engine_error'],
  throws_null: ['engine_error'],
  throws_frozen: ['engine_error'],
  throws_getter: ['engine_error'],
  throws_revoked_proxy: ['engine_error'],
  throws_unprintable: ['engine_error'],
  throws_huge_message: ['engine_error'],
  throws_retryable: ['busy', 'busy'],
  returns_undefined: ['engine_contract'],
  returns_null: ['engine_contract'],
  returns_string: ['engine_contract'],
  returns_empty_object: ['engine_contract'],
  returns_unknown_status: ['engine_contract'],
  returns_failed_without_error: ['engine_contract'],
  returns_getters: ['engine_error'],
  returns_output_number: ['engine_contract'],
  returns_revoked_proxy: ['engine_error'],
  fails_without_code: ['engine_error'],
  fails_retry_in_ten_years: ['busy', 'busy'],
  fails_retry_negative: ['busy', 'busy'],
  fails_retry_nan: ['busy', 'busy'],
  fails_retry_text: ['busy', 'busy'],
  data_bigint: ['not_serializable'],
  data_nan: ['not_serializable'],
  data_date: ['not_serializable'],
  data_map: ['not_serializable'],
  data_function: ['not_serializable'],
  data_symbol: ['not_serializable'],
  data_cyclic: ['not_serializable'],
  data_getter: ['engine_error'],
  yields_getters: ['engine_error'],
  data_to_json_throws: ['not_serializable'],
  data_deep: ['not_serializable'],
  handoff_cyclic: ['not_serializable'],
  hangs: ['timeout', 'timeout'],
  hangs_after_events: ['timeout', 'timeout'],
  hangs_deaf: ['timeout', 'timeout'],
}

describe('a hostile reply harms its own step only (faults 22 to 24, 30, 31)', () => {
  it.each(Object.keys(replies))('law 5: %s', async (name) => {
    const reply = replies[name] ?? {}
    const { codes, result } = await survive({ replies: { hostile: reply } })
    expect(codes).toEqual(ENDS[name] ?? [])
    expect(result.status).toBe(codes.length === 0 ? 'succeeded' : 'failed')
    for (const number of Object.values(result.usage)) expect(number).toBeGreaterThanOrEqual(0)
    expect(result.costUsd ?? 0).toBeGreaterThanOrEqual(0)
  })
})

describe('an engine that breaks the port (fault 33)', () => {
  it.each(Object.entries(createHostileEngines()))('law 5: %s ends its own step once', async (id, engine) => {
    const { orchestrator, storage, clock } = createProcess(steps, { graceMs: 100 })
    await orchestrator.dispose()
    const sound = createProcess(steps).engine
    const mixed = createProcess(
      steps.map((step) => (step.id === 'hostile' ? { ...step, engine: id } : step)),
      { engines: [sound, engine], storage, clock, graceMs: 100 },
    )
    const result = await clock.drive(mixed.orchestrator.execute({ runId: 'run-1' }))
    const events = await journalOf(storage, 'run-1')
    expect(checkJournal(events)).toEqual([])
    expect(Object.keys(result.outputs)).toEqual(expect.arrayContaining(['sibling', 'after']))
    await new Promise((resolve) => setImmediate(resolve))
    expect(rejections.splice(0)).toEqual([])
  })
})

describe('an engine that lies about who it is', () => {
  const forged = { seq: 999, runId: 'run-2', stepId: 'sibling', frame: 'other#1', ts: 'never', inputId: 'x' }

  it.each([
    ['tool_start', { type: 'tool_start', toolCallId: 'a', tool: 'b' }],
    ['tool_end', { type: 'tool_end', toolCallId: 'a', tool: 'b', success: true }],
    ['file_changes', { type: 'file_changes', files: [{ path: 'a', action: 'created' }] }],
    ['session', { type: 'session', session: 'abc' }],
    ['retry_notice', { type: 'retry_notice', message: 'busy' }],
    ['message', { type: 'message', role: 'assistant', content: 'hello' }],
  ])('law 5: cannot forge the identity of its %s', async (_, event) => {
    const { codes, events } = await survive({ replies: { hostile: yielding({ ...event, ...forged }) } })
    expect(codes).toEqual([])
    expect(JSON.stringify(events)).not.toMatch(/999|run-2|other#1|never/)
  })

  it.each([
    ['the end of the run', { type: 'run_completed', status: 'succeeded', data: {} }],
    ['the end of another step', { type: 'step_end', stepId: 'sibling', data: {} }],
    ['an approval', { type: 'approval_resolved', requestId: 'req-1', outcome: 'answered', data: {} }],
    ['an event without a name', { type: 'custom', data: {} }],
    ['nothing', undefined],
  ])('law 7: cannot record %s', async (_, event) => {
    // What a liar hands over is not of the type that it claims.
    const act = (context: StepContext) => context.record(event as never)
    const { codes, events } = await survive({ engines: [engineOf(act)] })
    expect(codes).toEqual(['event_invalid'])
    expect(allOf(events, 'run_completed')).toHaveLength(1)
  })

  it('law 5: cannot give a recorded event another identity', async () => {
    const event = { type: 'custom', name: 'note', data: { a: 1 }, ...forged }
    const act = (context: StepContext) => context.record(event as never) // as above
    const { events } = await survive({ engines: [engineOf(act)] })
    expect(allOf(events, 'custom')).toEqual([
      expect.objectContaining({ name: 'note', data: { a: 1 }, stepId: 'hostile', runId: 'run-1' }),
    ])
  })
})

/** What the types forbid and an engine in JavaScript may give all the same. */
function wrong(value: unknown): never {
  // The only way to hand a wrong value to a typed port.
  return value as never
}

describe('an engine that misuses the tools of the kernel', () => {
  it.each<[string, (context: StepContext) => unknown]>([
    ['facts that are none', ({ facts }) => facts.put(wrong([null]))],
    ['facts without a key', ({ facts }) => facts.put(wrong({ value: 1 }))],
    ['a fact of a wrong type', ({ facts }) => facts.put(wrong([{ key: 7, value: 1 }]))],
    ['a proposal of nothing', ({ approve }) => approve(wrong(null))],
    ['a proposal without a name', ({ approve }) => approve(wrong({}))],
    ['questions that are none', ({ ask }) => ask(wrong('why'))],
    ['a question without an id', ({ ask }) => ask(wrong([{ text: 'why' }]))],
    ['a path out of the run', ({ artifacts }) => artifacts.put('../escape', 'x')],
  ])('law 5: %s fail its own step', async (_, act) => {
    const { codes } = await survive({ engines: [engineOf(act)] })
    expect(codes).toHaveLength(1)
  })

  it.each<[string, (context: StepContext) => unknown]>([
    ['an artifact', ({ artifacts }) => artifacts.put('../escape', 'x')],
    ['a fact', ({ facts }) => facts.put(wrong([null]))],
    ['an event', ({ record }) => record({ type: 'custom', name: 'x', data: 'x'.repeat(20_000) })],
  ])('law 5: %s that is refused and not awaited leaves the process up', async (_, act) => {
    const { codes } = await survive({
      engines: [engineOf((context) => void act(context))],
    })
    expect(codes).toEqual([])
  })

  it('law 5: what it does after its end is refused, and counts for nothing', async () => {
    let kept: StepContext | undefined
    const engine = engineOf((context) => {
      kept = context
    })
    const { events } = await survive({ engines: [engine] })
    await expect(kept?.record({ type: 'custom', name: 'late', data: 1 })).rejects.toMatchObject({
      code: 'call_ended',
    })
    expect(allOf(events, 'custom')).toEqual([])
  })
})

describe('a function step that hands over nonsense', () => {
  it.each<[string, unknown]>([
    ['a text', 'VERIFIED'],
    ['members of wrong types', { verdict: 7, facts: 'all', assumptions: [1], decisions: {} }],
    ['facts that are none', { facts: [null, { key: 7 }] }],
    ['nothing', null],
  ])('law 5: %s is read as far as it makes sense, and what is dropped is told', async (_, handoff) => {
    const run: StepFunction = (context) => {
      context.handoff(handoff as never) // as above
      return 'done'
    }
    const { result, events } = await survive({}, { kind: 'function', prompt: undefined, run } as never) // another kind of step
    expect(result).toMatchObject({ status: 'succeeded', outputs: { hostile: 'done' } })
    expect(firstOf(events, 'diagnostic').code).toBe('handoff_invalid')
  })
})

describe('an engine that says too much (fault 22)', () => {
  const huge = 'x'.repeat(3_000_000)

  it.each<[string, StubReply]>([
    ['an error name', { ending: { kind: 'throw', value: { name: huge, code: huge, message: huge } } }],
    ['a status', { ending: { kind: 'return', result: { status: huge, output: '' } } }],
    ['the name of a tool', yielding({ type: 'tool_start', toolCallId: huge, tool: huge, requestId: huge })],
    ['what a tool is given and gives', { acts: [{ kind: 'tool', tool: 'read', input: huge, output: huge }] }],
    ['a session', yielding({ type: 'session', session: huge })],
    [
      'changed files',
      yielding({
        type: 'file_changes',
        files: Array.from({ length: 100_000 }, (_, n) => ({ path: `${n}`, action: 'created' })),
      }),
    ],
    ['a changed file', yielding({ type: 'file_changes', files: [{ path: huge, action: 'created' }] })],
    ['a verdict', { verdict: huge }],
    ['a handoff', { handoff: { summary: huge, concerns: [huge], fields: { huge } } }],
  ])('J5: %s without end fits into its line', async (_, reply) => {
    await survive({ replies: { hostile: reply } })
  })

  it('J5: a huge output lies in an artifact, whole', async () => {
    const { result, events } = await survive({ replies: { hostile: { text: () => huge } } })
    expect(result.outputs.hostile).toBe(huge)
    const [end] = allOf(events, 'step_end').filter(({ stepId }) => stepId === 'hostile')
    expect(end?.output).toMatchObject({ characters: huge.length, ref: expect.stringContaining('hostile') })
  })

  it('law 5: an engine that never stops yielding is stopped by its timeout', async () => {
    const endless: StepEngine = {
      specVersion: 1,
      id: 'endless',
      async *runStep(context) {
        while (context.stepId === 'hostile') yield { type: 'token_chunk', text: 'x' }
        return { status: 'succeeded', output: 'done' }
      },
    }
    const { codes } = await survive({ engines: [endless] }, { retry: { maxRetries: 0 } })
    expect(codes).toEqual(['timeout'])
  })
})
