/** Edits of flows that steps of other flows have run. */
import { describe, expect, it } from 'vitest'
import type { FlowInput, StepInput } from '../flow/flow.ts'
import { main, type Script, step } from './hand-call.fixture.ts'
import { dieAfter, type HandRun, play } from './hand-run.fixture.ts'

/** The run after its end, taken up with other flows. */
async function edit(run: HandRun, flows: readonly FlowInput[], retryFailed = false): Promise<HandRun> {
  const again = await dieAfter(run, run.events.length, flows)
  await again.resume({ flow: 'current', retryFailed })
  await again.finish()
  return again
}

const broken: Script = { after: { fail: 'broken' } }
const down: StepInput = { id: 'down', kind: 'flow', flow: 'child' }
const above = main(step('first'), down, step('after'))
const child = (version: string): FlowInput => ({ key: 'child', steps: [step('one', { version })] })
const visits = (run: HandRun): readonly string[] => run.all('flow_start').map(({ frame }) => frame)

describe('an edit of a child flow', () => {
  it.each([false, true])('S6: runs a step again that succeeded by it; retryFailed: %s', async (retry) => {
    const before = await play(above, broken, { flows: [child('1')] })
    expect(before.status).toBe('failed')
    const run = await edit(before, [above, child('2')], retry)
    expect(visits(run)).toEqual(['main#1', 'child#1', 'child#2'])
    expect(run.counts).toEqual({ first: 1, down: 2, one: 2, after: 2 })
    expect(run.all('flow_revised').map(({ flowKey, rearmed }) => [flowKey, rearmed])).toEqual([
      [
        'main',
        [
          { frame: 'main#1', stepId: 'down', cause: 'its flow changed' },
          { frame: 'main#1', stepId: 'after', cause: '"down" runs again' },
        ],
      ],
      ['child', []],
    ])
    expect(run.status).toBe('succeeded')
  })

  it('S6: is found again when the journal was torn between the two', async () => {
    const before = await play(above, broken, { flows: [child('1')] })
    const whole = await edit(before, [above, child('2')])
    const [first] = whole.all('flow_revised')
    const torn = await dieAfter(whole, first?.seq ?? 0)
    await torn.resume({ flow: 'current' })
    await torn.finish()
    expect(torn.all('flow_revised').map(({ flowKey }) => flowKey)).toEqual(['main', 'child'])
    expect(torn.counts).toMatchObject({ one: 2 })
    expect(torn.status).toBe('succeeded')
  })

  it('S6: runs a map over it again', async () => {
    const each: StepInput = {
      id: 'each',
      kind: 'map',
      items: '["x", "y"]',
      itemKey: '$item',
      step: { kind: 'flow', flow: 'child' },
    }
    const flow = main(each, step('after'))
    const before = await play(flow, broken, { flows: [child('1')] })
    const run = await edit(before, [flow, child('2')])
    expect(run.counts).toEqual({ each: 6, one: 4, after: 2 })
    expect(run.status).toBe('succeeded')
  })

  it('S6: runs a map over it again that succeeded although an item had failed', async () => {
    const each: StepInput = {
      id: 'each',
      kind: 'map',
      items: '["x", "y"]',
      itemKey: '$item',
      itemRule: 'all_done',
      step: { kind: 'flow', flow: 'child' },
    }
    const flow = main(each, step('after'))
    const deeds: Script = { one: { fail: 'broken' } }
    const before = await play(flow, deeds, { flows: [child('1')] })
    expect(before.steps()).toEqual({ each: 'succeeded', after: 'succeeded' })
    const run = await edit(before, [flow, child('2')])
    expect(run.counts).toEqual({ each: 6, one: 4, after: 2 })
    expect(run.status).toBe('succeeded')
  })

  it('S6: opens one that failed again, and runs again what had followed the failure', async () => {
    const flow = main(
      { ...down, needs: [] },
      step('next', { needs: ['down'] }),
      step('report', { needs: ['down'], triggerRule: 'all_done' }),
    )
    const two = (version: string): FlowInput => ({
      key: 'child',
      steps: [step('kept'), step('one', { version })],
    })
    const before = await play(flow, { one: { fail: 'broken' } }, { flows: [two('1')] })
    const run = await edit(before, [flow, two('2')])
    expect(visits(run)).toEqual(['main#1', 'child#1'])
    expect(run.counts).toEqual({ down: 2, kept: 1, one: 2, next: 1, report: 2 })
    expect(run.status).toBe('succeeded')
  })

  it('S6: counts through the flows between', async () => {
    const middle: FlowInput = { key: 'middle', steps: [{ ...down, id: 'deeper' }, step('last')] }
    const flow = main({ ...down, flow: 'middle' }, step('after'))
    const before = await play(flow, broken, { flows: [middle, child('1')] })
    const run = await edit(before, [flow, middle, child('2')])
    expect(visits(run)).toEqual(['main#1', 'middle#1', 'child#1', 'middle#2', 'child#2'])

    const failed = await play(flow, { last: { fail: 'broken' } }, { flows: [middle, child('1')] })
    const mended = await edit(failed, [flow, middle, child('2')])
    expect(visits(mended)).toEqual(['main#1', 'middle#1', 'child#1', 'child#2'])
    expect(mended.status).toBe('succeeded')
  })

  it('S6: leaves alone what an edit has removed before', async () => {
    const before = await play(above, broken, { flows: [child('1')] })
    const shorter = main(step('first'), step('after'))
    const without = await dieAfter(before, before.events.length, [shorter, child('1')])
    await without.resume({ flow: 'current' })
    await without.finish(broken)
    const run = await edit(without, [main(step('first'), step('after', { version: '2' })), child('2')])
    expect(visits(run)).toEqual(['main#1', 'child#1'])
    expect(run.status).toBe('succeeded')
  })
})

describe('retryFailed with an edit', () => {
  it('S6: does not open the visit of a step that begins anew', async () => {
    const flow = (topic: string): FlowInput => main({ ...down, params: { topic } }, step('after'))
    const before = await play(flow('tea'), { one: { fail: 'broken' } }, { flows: [child('1')] })
    const run = await edit(before, [flow('coffee'), child('1')], true)
    expect(visits(run)).toEqual(['main#1', 'child#1', 'child#2'])
    expect(run.counts).toEqual({ down: 2, one: 2, after: 1 })
    expect(run.status).toBe('succeeded')
  })
})
