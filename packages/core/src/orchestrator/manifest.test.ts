/** What a request may ask for, before there is a run. */
import { firstOf } from '@batonjs/testkit'
import { describe, expect, it } from 'vitest'
import { defineFlow } from '../flow/define-flow.ts'
import { codeOf, createProcess, journalOf } from './process.fixture.ts'

const greet = defineFlow({
  key: 'greet',
  params: {
    type: 'object',
    properties: { name: { type: 'string' } },
    required: ['name'],
    additionalProperties: false,
  },
  steps: [{ id: 'hello', prompt: 'Greet $params.name' }],
})

describe('the params of a request', () => {
  it.each([
    ['are missing', {}],
    ['have another type', { name: 7 }],
    ['are not described', { name: 'Ada', mood: 'glad' }],
  ])('that %s are refused, and there is no run', async (_, params) => {
    const { orchestrator, called } = createProcess([greet])
    expect(await codeOf(orchestrator.execute({ params }))).toBe('params_invalid')
    expect((await orchestrator.runs()).runs).toEqual([])
    expect(called()).toEqual([])
  })

  it('that match reach the prompt', async () => {
    const { orchestrator, engine } = createProcess([greet])
    await orchestrator.execute({ params: { name: 'Ada' } })
    expect(engine.calls[0]?.context.promptParts.task).toContain('Greet Ada')
  })
})

describe('the limits of a request', () => {
  it('law 1: are folded as the journal keeps them, also when some are undefined', async () => {
    const { orchestrator, storage } = createProcess([greet])
    // What a host with less strict types may give.
    const limits = { flowVisits: 2, depth: undefined } as object
    await orchestrator.execute({ runId: 'run-1', params: { name: 'Ada' }, limits })
    const { manifest } = firstOf(await journalOf(storage, 'run-1'), 'run_created')
    expect(manifest.limits).toStrictEqual({ flowVisits: 2 })
  })

  it.each([
    ['negative', -1],
    ['zero', 0],
    ['no number', Number.NaN],
    ['without end', Number.POSITIVE_INFINITY],
  ])('X2: one that is %s is refused', async (_, stepExecutions) => {
    const { orchestrator } = createProcess([greet])
    const request = { params: { name: 'Ada' }, limits: { stepExecutions } }
    expect(await codeOf(orchestrator.execute(request))).toBe('request_invalid')
  })
})

describe('the flows of an orchestrator', () => {
  it('L5: that name an engine which is not there are refused, before there is any run', () => {
    const flow = defineFlow({ key: 'main', steps: [{ id: 'a', prompt: 'a', engine: 'stubb' }] })
    expect(() => createProcess([flow])).toThrow(/engine "stubb".*Did you mean "stub"/)
  })
})
