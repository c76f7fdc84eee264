import { describe, expect, it } from 'vitest'
import { itemStep, main, step } from './hand-call.fixture.ts'
import { begin, dieAfter } from './hand-run.fixture.ts'

describe('starts that a refold finds again', () => {
  it('B1: a step that waits for its slot is asked for one once, and its retry waits for its time', async () => {
    const again = { kind: 'microloop', loopTarget: 'one' } as const
    const run = await begin(main(step('one', { routing: again })), { slots: { perRun: 1 } })
    await run.end('one')
    const [ended] = run.all('step_end')
    const resumed = await dieAfter(run, ended?.seq ?? 0)
    await resumed.resume()
    expect(resumed.starts).toEqual(['one#1', 'one#2'])
    await resumed.end('one', { fail: 'busy', retryable: true })
    expect(resumed.running).toEqual([])
    await resumed.advance(1_000)
    expect(resumed.starts).toEqual(['one#1', 'one#2', 'one#2.2'])
  })
})

describe('ends that a refold finds again', () => {
  it('F5: a map that loses again, with its last skip torn off, is lost again and does not fail', async () => {
    const again = { kind: 'microloop', loopTarget: 'first' } as const
    const race = {
      needs: ['first', 'each'],
      triggerRule: 'one_success',
      losers: 'cancel',
      routing: again,
    } as const
    const items = { items: '["a", "b"]', itemRule: 'one_success', step: itemStep } as const
    const each = { id: 'each', kind: 'map', ...items, needs: ['first'] } as const
    const run = await begin(main(step('first'), each, step('race', race)))
    await run.end('first')
    await run.end('race', { verdict: 'UNVERIFIED' })
    await run.end('first')
    const lost = run.all('step_skipped').filter(({ item }) => item !== undefined)
    const torn = await dieAfter(run, lost.at(-1)?.seq ?? 0)
    await torn.resume()
    expect(lost.map(({ iteration }) => iteration)).toEqual([1, 1, 2, 2])
    expect(torn.steps()).toMatchObject({ each: 'skipped: lost', race: 'running' })
  })
})
