import { allOf, firstOf } from '@batonjs/testkit'
import { describe, expect, it } from 'vitest'
import type { ExecutionContext } from '../engine/context.ts'
import type { StepEngine } from '../engine/engine.ts'
import type { DurableEvent } from '../events/swarm-event.ts'
import { defineFlow } from '../flow/define-flow.ts'
import type { StepInput } from '../flow/flow.ts'
import { createProcess, journalOf } from './process.fixture.ts'

const million = 'x'.repeat(1_100_000)
const LINE = 100_000

/** The longest line of a journal, but for that of the flows. */
function longest(events: readonly DurableEvent[]): number {
  return Math.max(...events.slice(1).map((event) => JSON.stringify(event).length))
}

describe('what is too large for the journal', () => {
  const acts: Readonly<Record<string, readonly [(context: ExecutionContext) => unknown, string]>> = {
    'an action': [({ approve }) => approve({ name: 'write', input: million }), 'request_too_large'],
    'a question': [({ ask }) => ask([{ id: 'q', text: million }]), 'request_too_large'],
    'the reason of a question': [
      ({ ask }) => ask([{ id: 'q', text: 'Q' }], { reason: million }),
      'request_too_large',
    ],
    'the default of a question': [
      ({ ask }) => ask([{ id: 'q', text: 'Q' }], { deadlineMs: 1, onDeadline: { q: million } }),
      'request_too_large',
    ],
    'a list of answerers': [
      ({ approve }) => approve({ name: 'write' }, { answerers: [million] }),
      'request_too_large',
    ],
    'a list of facts': [
      ({ facts }) =>
        facts.put(Array.from({ length: 100 }, (_, n) => ({ key: `k${n}`, value: million.slice(0, 15_000) }))),
      'event_too_large',
    ],
    'the message of an error': [() => Promise.reject(new Error(million)), 'function_failed'],
  }

  it.each(Object.entries(acts))(
    'law 5: %s fails the call that gives it, and no other',
    async (_, [act, code]) => {
      const run = async (context: ExecutionContext): Promise<null> => {
        await act(context)
        return null
      }
      const steps: readonly StepInput[] = [
        { id: 'a', kind: 'function', run, allowFailure: true },
        { id: 'b', prompt: 'B' },
      ]
      const { orchestrator, storage } = createProcess(steps)
      expect(await orchestrator.execute({ runId: 'run-1' })).toMatchObject({ status: 'partial' })
      const events = await journalOf(storage, 'run-1')
      expect(firstOf(events, 'step_error')).toMatchObject({ stepId: 'a', error: { code } })
      expect(longest(events)).toBeLessThan(LINE)
    },
  )

  const big: StepInput = { id: 'a', kind: 'function', run: () => [million, million, million, million] }
  const child = defineFlow({ key: 'child', steps: [{ id: 'c', prompt: 'C' }] })
  const steps: Readonly<Record<string, readonly [StepInput, string]>> = {
    'what an approval shows': [{ id: 'b', kind: 'approval', prompt: '$a.output' }, 'request_too_large'],
    'the name of a callback': [{ id: 'b', kind: 'wait', correlation: '$a.output' }, 'request_too_large'],
    'the items of a map': [
      { id: 'b', kind: 'map', items: '$a.output', itemKey: '$index', step: { prompt: 'B' } },
      'map_items_invalid',
    ],
    'the params of a child flow': [
      { id: 'b', kind: 'flow', flow: 'child', params: { x: '$a.output' } },
      'params_invalid',
    ],
  }

  it.each(Object.entries(steps))('fault 22: %s fails the step', async (_, [step, code]) => {
    const main = defineFlow({ key: 'main', steps: [big, step] })
    const { orchestrator, storage } = createProcess([main, child])
    expect(await orchestrator.execute({ runId: 'run-1', flow: 'main' })).toMatchObject({ status: 'failed' })
    const events = await journalOf(storage, 'run-1')
    const { error } = firstOf(events, 'step_error')
    expect(error).toMatchObject({ code, message: expect.stringMatching(/\d{7} characters/) })
    expect(longest(events)).toBeLessThan(LINE)
  })

  it('fault 22: an answer is refused, and its request stays open', async () => {
    const { orchestrator, storage } = createProcess([{ id: 'a', kind: 'wait', correlation: 'call' }])
    const { openRequests } = await orchestrator.execute({ runId: 'run-1' })
    const run = orchestrator.open('run-1')
    await run.respond(openRequests[0]?.requestId ?? '', { payload: million.repeat(4) }, { by: million })
    await run.respond(million, { payload: 1 })
    expect(await orchestrator.resume('run-1')).toMatchObject({ status: 'waiting', openRequests: [{}] })
    const events = await journalOf(storage, 'run-1')
    expect(allOf(events, 'answer_rejected').map(({ reason }) => reason)).toEqual([
      'invalid',
      'unknown_request',
    ])
    expect(longest(events)).toBeLessThan(LINE)
  })

  it('fault 22: what an engine names is told of by its beginning', async () => {
    const engine: StepEngine = {
      specVersion: 1,
      id: 'wordy',
      async *runStep() {
        // A member that no event has.
        yield Object.assign({ type: 'retry_notice' as const, message: 'x' }, { [million]: 1 })
        const data = { [`${million}2`]: 1 }
        return {
          status: 'succeeded',
          output: 'x',
          data,
          handoff: { verdict: 'VERIFIED', fields: {}, [million]: 1 },
        }
      },
    }
    const output = { type: 'object', additionalProperties: false } as const
    const { orchestrator, storage } = createProcess([{ id: 'a', prompt: 'A', output, maxRepairs: 0 }], {
      engines: [engine],
    })
    expect(await orchestrator.execute({ runId: 'run-1' })).toMatchObject({ error: { code: 'bad_output' } })
    const events = await journalOf(storage, 'run-1')
    expect(allOf(events, 'diagnostic').map(({ code }) => code)).toEqual([
      'engine_event_invalid',
      'engine_result_invalid',
    ])
    expect(longest(events)).toBeLessThan(LINE)
  })

  it('fault 22: an engine that returns no result fails with the beginning of what it returned', async () => {
    const engine = {
      specVersion: 1,
      id: 'wordy',
      async *runStep() {
        yield { type: 'usage' as const, usage: {} }
        return { [million]: 1 }
      },
      // What JavaScript may give.
    } as unknown as StepEngine
    const { orchestrator, storage } = createProcess([{ id: 'a', prompt: 'A' }], { engines: [engine] })
    expect(await orchestrator.execute({ runId: 'run-1' })).toMatchObject({
      error: { code: 'engine_contract' },
    })
    expect(longest(await journalOf(storage, 'run-1'))).toBeLessThan(LINE)
  })
})
