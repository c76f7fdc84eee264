import { describe, expect, it } from 'vitest'
import type { FlowInput, FunctionStepInput } from '../flow/flow.ts'
import { itemStep, main, type Script, step } from './hand-call.fixture.ts'
import { begin, dieAfter, type HandRun, play } from './hand-run.fixture.ts'

/** The run after its process died now, taken up with other flows. */
async function edit(run: HandRun, ...flows: readonly FlowInput[]): Promise<HandRun> {
  const again = await dieAfter(run, run.events.length, flows)
  await again.resume({ flow: 'current' })
  return again
}

/** `a` leads to `b` and `c`, which lead to `d` and the end. */
const diamond = (versions: Readonly<Record<string, string>> = {}): FlowInput => {
  const versioned = (id: string, needs: readonly string[]) =>
    step(id, { needs, version: versions[id] ?? '1' })
  return main(
    versioned('a', []),
    versioned('b', ['a']),
    versioned('c', ['a']),
    versioned('d', ['b', 'c']),
    versioned('end', ['d']),
  )
}

describe('an edited flow', () => {
  it('S6: the plan is recorded, and what is reused is not called', async () => {
    const before = await begin(diamond())
    for (const id of ['a', 'b', 'c', 'd']) await before.end(id)
    const run = await edit(before, diamond({ b: '2' }))
    await run.finish()
    expect(run.all('flow_revised')).toMatchObject([
      {
        flowKey: 'main',
        frames: ['main#1'],
        reused: ['main#1/a', 'main#1/c'],
        rearmed: [{ stepId: 'b' }, { stepId: 'd' }],
      },
    ])
    expect(run.counts).toMatchObject({ a: 1, b: 2, c: 1, d: 2 })
    expect(run.status).toBe('succeeded')
  })

  it('S6: with equal digests a resume goes on, with different ones it is told which steps differ', async () => {
    const before = await begin(diamond())
    const same = await dieAfter(before, before.events.length, [{ ...diamond(), title: 'Documentation' }])
    await same.resume()
    expect(same.all('flow_revised')).toEqual([])
    const changed = await dieAfter(before, before.events.length, [diamond({ b: '2' })])
    await expect(changed.resume()).rejects.toMatchObject({
      code: 'flow_changed',
      details: { flows: [{ flow: 'main', steps: ['b'] }] },
    })
  })

  it('S6: a condition that was edited is looked at again', async () => {
    const flow = (when: string): FlowInput => main(step('a'), step('b', { when }), step('c'))
    const before = await begin(flow('true'))
    await before.end('a')
    await before.end('b')
    const run = await edit(before, flow('false'))
    await run.finish()
    expect(run.steps()).toEqual({ a: 'succeeded', b: 'skipped: condition', c: 'succeeded' })
  })

  it('S6: one that failed to evaluate is mended by an edit', async () => {
    const flow = (when: string): FlowInput => main(step('a'), step('b', { when }))
    const before = await play(flow('steps.a.data.no > 1'), { a: { value: { yes: 1 } } })
    expect(before.status).toBe('failed')
    const run = await edit(before, flow('steps.a.data.yes > 1'))
    expect(run.steps()).toEqual({ a: 'succeeded', b: 'skipped: condition' })
  })

  it('S6: a map that was edited asks for its items anew, one that was not keeps them', async () => {
    const flow = (items: string, version: string): FlowInput =>
      main({ id: 'each', kind: 'map', items, itemKey: '$item', step: itemStep }, step('last', { version }))
    const before = await begin(flow('["x", "y"]', '1'))
    await before.end('each[x]')
    await before.end('each[y]')
    const kept = await edit(before, flow('["x", "y"]', '2'))
    expect(kept.counts.each).toBe(3)
    const anew = await edit(before, flow('["x", "z"]', '2'))
    expect(anew.running).toEqual(['each[x]', 'each[z]'])
  })

  it('S6: an approval that is asked again is a new request', async () => {
    const flow = (version: string): FlowInput =>
      main(step('draft', { version }), { id: 'gate', kind: 'approval', prompt: 'Ship?' }, step('ship'))
    const before = await begin(flow('1'))
    await before.end('draft')
    await before.answer('gate', { approved: true })
    const run = await edit(before, flow('2'))
    await run.end('draft')
    expect(run.all('approval_requested')).toHaveLength(2)
    expect(run.state.open.size).toBe(1)
  })

  it('S6: one that is still asked when its content is edited, or what it follows, is asked anew', async () => {
    const flow = (version: string, prompt = 'Ship?'): FlowInput =>
      main(step('draft', { version }), { id: 'gate', kind: 'approval', prompt }, step('ship'))
    for (const edited of [flow('2'), flow('1', 'Ship it?')]) {
      const before = await begin(flow('1'))
      await before.end('draft')
      const run = await edit(before, edited)
      await run.finish()
      expect(run.all('approval_resolved')).toMatchObject([{ outcome: 'withdrawn', by: 'run' }])
      expect(run.all('approval_requested')).toHaveLength(2)
      await run.answer('gate', { approved: true })
      await run.finish()
      expect(run.status).toBe('succeeded')
    }
  })

  it('S6: one that is still asked and not concerned stays as it is', async () => {
    const flow = (version: string): FlowInput =>
      main({ id: 'gate', kind: 'approval', prompt: 'Ship?' }, step('ship', { version }))
    const before = await begin(flow('1'))
    const run = await edit(before, flow('2'))
    expect(run.all('approval_requested')).toHaveLength(1)
    await run.answer('gate', { approved: true })
    expect(run.running).toEqual(['ship'])
  })

  it('S6: a step that was cut off waits for what runs again before it', async () => {
    const before = await begin(diamond())
    for (const id of ['a', 'b', 'c']) await before.end(id)
    const run = await edit(before, diamond({ b: '2' }))
    expect(run.running).toEqual(['b'])
    await run.end('b')
    expect(run.running).toEqual(['d'])
  })

  it('S6: a step that succeeded and was not routed yet runs again when it was edited', async () => {
    const flow = (version: string): FlowInput =>
      main(step('a', { version, routing: { kind: 'linear', next: 'b' } }), step('b'))
    const before = await begin(flow('1'))
    await before.end('a')
    const [end] = before.all('step_end')
    const run = await dieAfter(before, end?.seq ?? 0, [flow('2')])
    await run.resume({ flow: 'current' })
    expect(run.starts).toEqual(['a#1', 'a#1.2'])
  })

  it('S6: a step that is gone is gone, whatever it was about', async () => {
    const keep = step('keep', { needs: [] })
    const before = await begin(
      main(
        keep,
        step('call', { needs: [] }),
        { id: 'gate', kind: 'approval', prompt: 'Ship?', needs: [] },
        step('behind', { needs: ['keep', 'call'] }),
      ),
    )
    const run = await dieAfter(before, before.events.length, [
      main(keep, step('behind', { needs: ['keep'] })),
    ])
    await run.resume({ flow: 'current' })
    expect(run.running).toEqual(['keep'])
    expect(run.state.open.size).toBe(0)
    await run.finish()
    expect(run.steps()).toEqual({ keep: 'succeeded', behind: 'succeeded' })
    expect(run.status).toBe('succeeded')
  })

  it('S6: an edited child flow opens its visit again, and the steps above that failed with it', async () => {
    const parent = main(step('a'), { id: 'down', kind: 'flow', flow: 'child' }, step('after'))
    const child = (version: string): FlowInput => ({
      key: 'child',
      steps: [step('one'), step('two', { version })],
    })
    const before = await play(parent, { two: { fail: 'broken' } }, { flows: [child('1')] })
    expect(before.status).toBe('failed')
    const run = await edit(before, parent, child('2'))
    await run.finish()
    expect(run.counts).toEqual({ a: 1, down: 2, one: 1, two: 2, after: 1 })
    expect(run.all('flow_start')).toHaveLength(2)
    expect(run.status).toBe('succeeded')
  })

  it('S6: a child flow that still runs is called off when what its step follows runs again', async () => {
    const flow = (version: string): FlowInput =>
      main(step('plan', { version }), { id: 'down', kind: 'flow', flow: 'child' }, step('after'))
    const child = (version: string): FlowInput => ({
      key: 'child',
      steps: [step('one', { version }), { id: 'gate', kind: 'approval', prompt: 'Ship?' }],
    })
    const before = await begin(flow('1'), { flows: [child('1')] })
    await before.end('plan')
    await before.end('one')
    const run = await edit(before, flow('2'), child('2'))
    expect(run.all('approval_resolved')).toMatchObject([{ outcome: 'withdrawn' }])
    expect(run.running).toEqual(['plan'])
    await run.finish()
    expect(run.all('flow_start').map(({ frame }) => frame)).toEqual(['main#1', 'child#1', 'child#2'])
    await run.answer('gate', { approved: true })
    await run.finish()
    expect(run.status).toBe('succeeded')
  })

  it('S6: so is a map with its items, and one that is gone leaves nothing behind', async () => {
    const each = { id: 'each', kind: 'map', items: '["x", "y"]', itemKey: '$item', step: itemStep } as const
    const flow = (version: string): FlowInput => main(step('plan', { version }), each, step('after'))
    const before = await begin(flow('1'))
    await before.end('plan')
    await before.end('each[x]')
    const again = await edit(before, flow('2'))
    expect(again.running).toEqual(['plan'])
    await again.finish()
    expect(again.starts.slice(-3)).toEqual(['each[x]#1.2', 'each[y]#1.2', 'after#1'])
    expect(again.status).toBe('succeeded')

    const without = await edit(before, main(step('plan', { version: '1' }), step('after')))
    await without.finish()
    expect(without.steps()).toEqual({ plan: 'succeeded', after: 'succeeded' })
    expect(without.status).toBe('succeeded')
  })

  it('S6: a failed child is not opened again when its step begins anew', async () => {
    const flow = (topic: string): FlowInput =>
      main({ id: 'down', kind: 'flow', flow: 'child', params: { topic } })
    const child = (version: string): FlowInput => ({
      key: 'child',
      steps: [step('one'), step('two', { version })],
    })
    const before = await play(flow('tea'), { two: { fail: 'broken' } }, { flows: [child('1')] })
    const run = await edit(before, flow('coffee'), child('2'))
    await run.finish()
    expect(run.all('flow_start').map(({ frame }) => frame)).toEqual(['main#1', 'child#1', 'child#2'])
    expect(run.counts).toEqual({ down: 2, one: 2, two: 2 })
    expect(run.status).toBe('succeeded')
  })

  it.each([
    ['without routing', {}],
    ['with routing', { routing: { kind: 'linear' } }],
  ] as const)('S6: a step that is put into a sequence runs where it stands: %s', async (_, policy) => {
    const before = await play(main(step('a', policy), step('b', policy), step('c')), {
      c: { fail: 'broken' },
    })
    const run = await edit(before, main(step('a', policy), step('new'), step('b', policy), step('c')))
    await run.finish()
    expect(run.starts).toEqual(['a#1', 'b#1', 'c#1', 'new#1', 'b#1.2', 'c#1.2'])
    expect(run.status).toBe('succeeded')
  })

  it('S6: what a step gave before its edit is not read when it fails afterwards', async () => {
    const flow = (version: string): FlowInput =>
      main(
        step('a', { needs: [], version }),
        step('b', {
          needs: ['a'],
          triggerRule: 'all_done',
          run: ({ outputOf }) => outputOf('a') ?? 'nothing',
        }),
        step('c', { needs: [] }),
      )
    const before = await begin(flow('1'))
    await before.end('a', { value: 'old' })
    expect(before.state.frames.get('main#1')?.steps[1]?.result?.output.output.text).toBe('old')
    const run = await edit(before, flow('2'))
    await run.finish({ a: { fail: 'broken' } })
    expect(run.all('step_end').findLast(({ stepId }) => stepId === 'b')?.output.text).toBe('nothing')
  })

  it('S6: a loop that is still going round keeps its count', async () => {
    const flow = (version: string): FlowInput =>
      main(
        step('a'),
        step('b', { routing: { kind: 'microloop', loopTarget: 'a', maxIterations: 2 } }),
        step('c', { version }),
      )
    const before = await begin(flow('1'))
    await before.end('a')
    await before.end('b')
    await before.end('a')
    const run = await edit(before, flow('2'))
    await run.finish()
    expect(run.starts).toEqual(['a#1', 'b#1', 'a#2', 'b#2', 'b#2.2', 'a#3', 'b#3', 'c#1'])
  })

  it.each<[string, Partial<FunctionStepInput>, string]>([
    ['succeeded', {}, 'running'],
    ['was skipped by its condition', { when: 'false' }, 'running'],
    ['was allowed to fail', { allowFailure: true }, 'running'],
    ['failed', { title: 'Last' }, 'skipped: upstream_failed'],
    ['ended the flow', { routing: { kind: 'terminal' }, allowFailure: true }, 'skipped: not_routed'],
  ])('S6: what is put behind a last step that %s, %j, is then %s', async (how, policy, stand) => {
    const flow = [step('a'), step('last', policy)]
    const script: Script = how.includes('fail') ? { last: { fail: 'broken' } } : {}
    const before = await play(main(...flow), script)
    const [end] = before.all('flow_end')
    const run = await dieAfter(before, (end?.seq ?? 0) - 1, [main(...flow, step('new'))])
    await run.resume({ flow: 'current' })
    expect(run.steps().new).toBe(stand)
  })
})
