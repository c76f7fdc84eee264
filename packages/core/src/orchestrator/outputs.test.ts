import { createHash } from 'node:crypto'
import { allOf, firstOf } from '@batonjs/testkit'
import { describe, expect, it } from 'vitest'
import type { StepInput } from '../flow/flow.ts'
import { createProcess, journalOf } from './process.fixture.ts'

const long = `begin ${'x'.repeat(30_000)} end`
const list = Array.from({ length: 3_000 }, (_, index) => `item number ${index} of a long list`)

describe('large outputs', () => {
  it('J5: a long text goes to an artifact; the event keeps digest, length and preview', async () => {
    const { orchestrator, storage } = createProcess([{ id: 'a', prompt: 'A' }], {
      replies: { a: { text: long } },
    })
    expect(await orchestrator.execute({ runId: 'run-1' })).toMatchObject({
      output: long,
      outputs: { a: long },
    })
    const { output } = firstOf(await journalOf(storage, 'run-1'), 'step_end')
    expect(output).toEqual({
      digest: createHash('sha256').update(long).digest('hex'),
      characters: long.length,
      text: long.slice(0, 2_000),
      ref: expect.stringContaining('main/'),
    })
    expect(await storage.artifacts('run-1').get(output.ref ?? '')).toBe(long)
  })

  it('J5: large data goes to an artifact, and what is small stays in the event', async () => {
    const { orchestrator, storage } = createProcess(
      [
        { id: 'a', prompt: 'A' },
        { id: 'b', prompt: 'B' },
      ],
      { replies: { a: { text: 'see data', data: list }, b: { data: [1] } } },
    )
    expect(await orchestrator.execute({ runId: 'run-1' })).toMatchObject({ outputs: { a: list, b: [1] } })
    const [first, second] = allOf(await journalOf(storage, 'run-1'), 'step_end')
    expect(first).not.toHaveProperty('data')
    expect(JSON.parse((await storage.artifacts('run-1').get(first?.dataRef ?? '')) ?? '')).toEqual(list)
    expect(second?.data).toEqual([1])
  })

  it('T1: a reference to an output in an artifact gives it whole, and after a resume too', async () => {
    const steps: readonly StepInput[] = [
      { id: 'a', prompt: 'A' },
      { id: 'b', prompt: 'Read: $a.output', history: { totalCharacters: 10_000 } },
    ]
    const replies = { a: { text: long } }
    const { orchestrator, engine, storage } = createProcess(steps, { replies })
    for await (const event of orchestrator.executeStream({ runId: 'run-1' }))
      if (event.type === 'step_end') break
    const again = createProcess(steps, { replies, storage })
    await again.orchestrator.resume('run-1')
    const prompts = [...engine.calls, ...again.engine.calls].filter(({ stepId }) => stepId === 'b')
    expect(prompts.at(-1)?.context.promptParts.task).toContain(`Read: ${long}`)
  })

  it('T1: a value is data: what looks like a reference in it is not resolved', async () => {
    const { orchestrator, engine } = createProcess(
      [
        { id: 'a', prompt: 'A' },
        { id: 'b', prompt: 'Say $a.output for $$5' },
      ],
      { replies: { a: { text: '$params.secret $a.output' } } },
    )
    await orchestrator.execute({ params: { secret: 'hidden' } })
    const task = engine.calls[1]?.context.promptParts.task
    expect(task).toContain('Say $params.secret $a.output for $5')
    expect(JSON.stringify(engine.calls.map(({ context }) => context.prompt))).not.toContain('hidden')
  })

  it('T1: a reference that leads nowhere fails the step before any call', async () => {
    const { orchestrator, called, storage } = createProcess(
      [
        { id: 'a', prompt: 'A' },
        { id: 'b', prompt: 'B of $a.output.missing', retry: { maxRetries: 3 } },
      ],
      { replies: { a: { data: { there: 1 } } } },
    )
    expect(await orchestrator.execute({ runId: 'run-1' })).toMatchObject({ status: 'failed' })
    expect(called()).toEqual(['a#1.1'])
    expect(firstOf(await journalOf(storage, 'run-1'), 'step_error').error.code).toBe('reference_unresolved')
  })

  it('M1: a function, a map and a child flow read what lies in artifacts', async () => {
    const { orchestrator } = createProcess([
      { id: 'list', kind: 'function', run: () => list },
      { id: 'count', kind: 'function', run: ({ output }) => Object.keys(output('list') ?? {}).length },
      {
        id: 'each',
        kind: 'map',
        items: '$list.output',
        maxItems: 5_000,
        step: { kind: 'function', run: ({ value }) => String(value).length },
      },
    ])
    const result = await orchestrator.execute()
    expect(result.outputs).toMatchObject({ count: list.length, each: list.map(({ length }) => length) })
  })
})

describe('structured output', () => {
  const output = { type: 'object', properties: { n: { type: 'number' } }, required: ['n'] } as const
  const single = (maxRepairs?: number): readonly StepInput[] => [
    { id: 'a', prompt: 'A', output, ...(maxRepairs === undefined ? {} : { maxRepairs }) },
  ]

  it('B1: an answer that does not match is mended within the attempt, which is told what was wrong', async () => {
    const { orchestrator, engine, storage } = createProcess(single(), {
      replies: { a: { data: { n: 'one' }, repairs: [{ data: {} }, { data: { n: 1 } }] } },
    })
    expect(await orchestrator.execute({ runId: 'run-1' })).toMatchObject({
      status: 'succeeded',
      output: { n: 1 },
    })
    expect(engine.calls.map(({ attempt, repair }) => [attempt, repair])).toEqual([
      [1, 0],
      [1, 1],
      [1, 2],
    ])
    expect(engine.calls[1]?.context.promptParts.repair).toContain('/n')
    const events = await journalOf(storage, 'run-1')
    expect(allOf(events, 'step_start')).toHaveLength(1)
    expect(allOf(events, 'step_error')).toEqual([])
  })

  it.each([
    [undefined, 3],
    [0, 1],
    [1, 2],
  ])('B1: with maxRepairs %s the step fails with bad_output after %i calls', async (maxRepairs, calls) => {
    const { orchestrator, engine, storage } = createProcess(single(maxRepairs), {
      replies: { a: { data: { n: 'one' } } },
    })
    expect(await orchestrator.execute({ runId: 'run-1' })).toMatchObject({ status: 'failed' })
    expect(engine.calls).toHaveLength(calls)
    expect(firstOf(await journalOf(storage, 'run-1'), 'step_error').error.code).toBe('bad_output')
  })

  it('B1: every pass is paid for', async () => {
    const usage = { inputTokens: 10, outputTokens: 1, totalTokens: 11 }
    const { orchestrator } = createProcess(single(), {
      replies: { a: { data: {}, usage, costUsd: 1, repairs: [{ data: { n: 1 }, usage, costUsd: 2 }] } },
    })
    expect(await orchestrator.execute()).toMatchObject({ usage: { totalTokens: 22 }, costUsd: 3 })
  })

  it('B1: an answer in text is read as JSON', async () => {
    const { orchestrator } = createProcess(single(), {
      replies: { a: { text: 'Here you are:\n```json\n{"n": 4}\n```', data: undefined } },
    })
    expect(await orchestrator.execute()).toMatchObject({ output: { n: 4 } })
  })

  it('B1: a function’s return value is checked, and not mended', async () => {
    let runs = 0
    const { orchestrator, storage } = createProcess([
      {
        id: 'a',
        kind: 'function',
        output,
        run: () => {
          runs += 1
          return { n: 'one' }
        },
      },
    ])
    await orchestrator.execute({ runId: 'run-1' })
    expect(runs).toBe(1)
    expect(firstOf(await journalOf(storage, 'run-1'), 'step_error').error.code).toBe('bad_output')
  })
})
