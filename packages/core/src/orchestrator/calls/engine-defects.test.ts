import { allOf, checkJournal, collect, firstOf } from '@batonjs/testkit'
import { describe, expect, it } from 'vitest'
import type { StepContext } from '../../engine/context.ts'
import type { StepEngine } from '../../engine/engine.ts'
import type { EngineEvent, StepResult } from '../../engine/result.ts'
import type { Diagnostic } from '../../events/open-events.ts'
import type { SwarmEvent } from '../../events/swarm-event.ts'
import { defineFlow } from '../../flow/define-flow.ts'
import { createOrchestrator } from '../create-orchestrator.ts'
import { createMemoryStorage } from '../memory/memory-storage.ts'

const flow = defineFlow({ key: 'main', steps: [{ id: 'ask', prompt: 'Ask' }] })
const ok: StepResult = { status: 'succeeded', output: 'ok' }

type Call = (context: StepContext) => AsyncGenerator<EngineEvent, StepResult, void>

/** Plays one step with an engine that does what the types forbid, as one in JavaScript may. */
async function play(runStep: unknown, approved = true, played = flow): Promise<readonly SwarmEvent[]> {
  // What an engine in JavaScript may give in its place.
  const engine: StepEngine = { specVersion: 1, id: 'odd', runStep: runStep as Call }
  const storage = createMemoryStorage()
  const orchestrator = createOrchestrator({ flows: [played], engines: [engine], storage })
  const onRequest = () => ({ answer: { approved } })
  await collect(orchestrator.executeStream({ runId: 'run-1', onRequest }))
  const events = await collect(storage.readEvents('run-1'))
  expect(checkJournal(events)).toEqual([])
  return events
}

const yielding = (...events: readonly unknown[]) =>
  async function* () {
    yield* events
    return ok
  }
const returning = (result: unknown) =>
  // biome-ignore lint/correctness/useYield: an engine that returns at once.
  async function* () {
    return result
  }

const diagnosticsOf = (events: readonly SwarmEvent[]): readonly (readonly [string, string])[] =>
  allOf(events, 'diagnostic').map(({ code, message }: Diagnostic) => [code, message])

describe('law 5: an engine that is no engine', () => {
  it.each<[string, unknown, string]>([
    [
      'an async function instead of a generator',
      async () => ok,
      'runStep of engine "odd" gave a promise instead of a generator. Write it as "async *runStep(context)".',
    ],
    ['nothing', () => undefined, 'runStep of engine "odd" gave undefined instead of a generator.'],
    ['a promise that rejects', () => Promise.reject(new Error('late')), 'gave a promise instead of'],
  ])('is told how to write runStep when it gives %s', async (_, runStep, message) => {
    const { error } = firstOf(await play(runStep), 'step_error')
    expect(error).toMatchObject({ code: 'engine_contract', message: expect.stringContaining(message) })
  })

  it.each<[string, unknown, string]>([
    ['nothing', undefined, 'result is missing'],
    ['a text', 'hello', 'result is "hello", but must be an object { status, output, data?, handoff?, … }.'],
    ['no output', { status: 'succeeded' }, 'result.output is missing'],
    ['another status', { status: 'done', output: '' }, 'result.status is "done", but must be'],
    ['a failure without an error', { status: 'failed', output: '' }, 'result.error is missing'],
  ])('is told what is wrong with a result that is %s', async (_, result, message) => {
    const { error } = firstOf(await play(returning(result)), 'step_error')
    expect(error).toMatchObject({ code: 'engine_contract', message: expect.stringContaining(message) })
  })
})

describe('law 6: what is dropped of an event is told', () => {
  it.each<[string, unknown, string]>([
    ['an unknown type', { type: 'tokens' }, 'event.type is "tokens", but must be'],
    ['no usage', { type: 'usage' }, 'usage.usage is missing'],
    [
      'a date',
      { type: 'tool_start', toolCallId: 'a', tool: 'b', input: { at: new Date(0) } },
      'event.input.at',
    ],
    [
      'a name of usage',
      { type: 'usage', usage: { prompt_tokens: 5 } },
      'usage.usage.prompt_tokens is unknown',
    ],
    ['a negative number', { type: 'usage', usage: { inputTokens: -1 } }, 'usage.usage.inputTokens is -1'],
    ['a file that is a text', { type: 'file_changes', files: ['a.ts'] }, 'file_changes.files[0] is "a.ts"'],
    [
      'an action of a file',
      { type: 'file_changes', files: [{ path: 'a', action: 'edited' }] },
      'file_changes.files[0].action is "edited"',
    ],
  ])('by a diagnostic that names %s', async (_, event, message) => {
    expect(diagnosticsOf(await play(yielding(event)))).toEqual([
      ['engine_event_invalid', expect.stringContaining(message)],
    ])
  })

  it('once for each kind, and at the end of the call with how often it was', async () => {
    const bad = (n: number) => ({ type: 'usage', usage: { inputTokens: -n } })
    const events = await play(yielding(...[1, 2, 3, 4].map(bad), { type: 'tokens' }))
    expect(diagnosticsOf(events).map(([, message]) => message)).toEqual([
      expect.stringContaining('usage.usage.inputTokens is -1'),
      expect.stringContaining('event.type is "tokens"'),
      expect.stringMatching(/^3 more of this kind: usage.usage.inputTokens is -1/),
    ])
  })

  it('and an engine that invents ever new kinds fills no journal', async () => {
    const inventions = Array.from({ length: 500 }, (_, n) => ({
      type: 'usage',
      usage: { [`tokens${String.fromCharCode(97 + (n % 26), 97 + Math.floor(n / 26))}`]: 1 },
    }))
    expect(diagnosticsOf(await play(yielding(...inventions))).length).toBeLessThan(25)
  })
})

describe('law 6: what is dropped of a result is told', () => {
  it.each<[string, object, string]>([
    ['a name of usage', { usage: { prompt_tokens: 5 } }, 'result.usage.prompt_tokens is unknown'],
    ['a cost', { costUsd: '0.1' }, 'result.costUsd is "0.1"'],
    ['a misspelt verdict', { handoff: { verdct: 'VERIFIED' } }, 'Did you mean "verdict"?'],
    ['decisions that are texts', { handoff: { decisions: ['d'] } }, 'result.handoff.decisions is a list'],
    ['concerns that are no list', { handoff: { concerns: 'many' } }, 'result.handoff.concerns is "many"'],
    ['a member of its own', { tokens: 5 }, 'result.tokens is unknown'],
  ])('by a diagnostic that names %s', async (_, members, message) => {
    const events = await play(returning({ ...ok, ...members }))
    expect(diagnosticsOf(events)).toEqual([['engine_result_invalid', expect.stringContaining(message)]])
    expect(firstOf(events, 'run_completed').status).toBe('succeeded')
  })

  it('and what the sources write otherwise is taken', async () => {
    const handoff = {
      status: 'VERIFIED',
      can_further_iteration_help: 'no',
      concerns: [{ concern: 'c' }],
      facts: { a: 1 },
      artifacts: ['plan.md'],
      assumptions_made: ['a'],
    }
    expect(diagnosticsOf(await play(returning({ ...ok, handoff })))).toEqual([])
  })
})

describe('H4: a tool call', () => {
  const start = { type: 'tool_start', toolCallId: 't1', tool: 'write' }
  const end = { type: 'tool_end', toolCallId: 't1', tool: 'write', success: true }

  const acting = (...use: readonly ((requestId: string) => unknown)[]) =>
    async function* ({ approve }: StepContext) {
      const { requestId } = await approve({ name: 'write' })
      for (const event of use) yield event(requestId)
      return ok
    }
  const named = (requestId: string) => ({ ...start, requestId })

  it('uses up the approval that it names', async () => {
    const events = await play(acting(named, () => end))
    expect(firstOf(events, 'tool_start').requestId).toMatch(/^req-/)
    expect(diagnosticsOf(events)).toEqual([])
  })

  it.each<[string, unknown, boolean, string]>([
    ['that nobody has made', yielding({ ...start, requestId: 'req-0' }, end), true, 'this step has not made'],
    ['that was rejected', acting(named, () => end), false, 'was rejected'],
    [
      'that is used up',
      acting(
        named,
        () => end,
        named,
        () => end,
      ),
      true,
      'has used up',
    ],
  ])('is recorded without a request %s, and that is told', async (_, engine, approved, message) => {
    const events = await play(engine, approved)
    expect(allOf(events, 'tool_start').at(-1)).not.toHaveProperty('requestId')
    expect(diagnosticsOf(events)).toEqual([['tool_request_invalid', expect.stringContaining(message)]])
  })

  it('is recorded without the request of another step, and that is told', async () => {
    let approval = ''
    const engine = async function* ({ stepId, approve }: StepContext) {
      if (stepId === 'ask') approval = (await approve({ name: 'write' })).requestId
      else yield* [named(approval), end]
      return ok
    }
    const two = defineFlow({
      key: 'main',
      steps: [
        { id: 'ask', prompt: 'Ask' },
        { id: 'act', prompt: 'Act' },
      ],
    })
    const events = await play(engine, true, two)
    expect(firstOf(events, 'tool_start')).not.toHaveProperty('requestId')
    expect(diagnosticsOf(events)).toEqual([
      ['tool_request_invalid', expect.stringContaining('this step has not made')],
    ])
  })

  it('that is left running when the call succeeds is ended and told', async () => {
    const events = await play(yielding(start))
    expect(firstOf(events, 'tool_end')).toMatchObject({ toolCallId: 't1', tool: 'write', success: false })
    expect(diagnosticsOf(events)).toEqual([['tool_unended', expect.stringContaining('"t1" (write)')]])
  })

  it.each([
    ['starts twice', [start, start, end]],
    ['ends without a start', [end]],
  ])('that %s is dropped and told', async (_, tools) => {
    expect(diagnosticsOf(await play(yielding(...tools)))).toEqual([
      ['engine_event_invalid', expect.stringContaining('Tool call "t1" (write)')],
    ])
  })
})
