import { describe, expect, it } from 'vitest'
import type { StepInput } from '../flow/flow.ts'
import { itemStep, main, step } from './hand-call.fixture.ts'
import { begin, dieAfter } from './hand-run.fixture.ts'

const child = { key: 'child', steps: [step('inner')] }

const starts: readonly [what: string, step: StepInput][] = [
  ['the request of an approval', { id: 'one', kind: 'approval', prompt: 'Go on?' }],
  ['the request of a question', { id: 'one', kind: 'question', questions: [{ id: 'q', text: 'Which?' }] }],
  ['the request of a wait', { id: 'one', kind: 'wait', correlation: 'call' }],
  ['the items of a map', { id: 'one', kind: 'map', items: '["a", "b"]', step: itemStep }],
  ['the visit of a flow', { id: 'one', kind: 'flow', flow: 'child' }],
]

describe('a batch of which only the first event was written', () => {
  it.each(starts)('S5: the start without %s is interrupted and begins again', async (_, one) => {
    const whole = await begin(main(one), { flows: [child] })
    const [started] = whole.all('step_start')
    const torn = await dieAfter(whole, started?.seq ?? 0)
    await torn.resume()
    expect(torn.starts).toContain('one#1.2')
    expect(torn.running).toEqual(whole.running)
    expect(torn.state.open.size).toBe(whole.state.open.size)
  })

  it('S5: a start that its condition was to fail fails again instead of running', async () => {
    const whole = await begin(main(step('one', { when: 'params.missing > 1' })))
    const [started] = whole.all('step_start')
    const torn = await dieAfter(whole, started?.seq ?? 0)
    await torn.resume()
    expect(torn.running).toEqual([])
    expect(torn.steps()).toEqual(whole.steps())
  })
})
