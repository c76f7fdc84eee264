/** Runs that a limit of a flow stopped, taken up with other limits of the flow. */
import { describe, expect, it } from 'vitest'
import type { FlowInput } from '../flow/flow.ts'
import { main, step } from './hand-call.fixture.ts'
import { begin, dieAfter, type HandRun, play } from './hand-run.fixture.ts'

const ab = (limits: FlowInput['limits']): FlowInput => ({
  ...main(step('a'), step('b')),
  ...(limits === undefined ? {} : { limits }),
})

/** The run, taken up with another flow. */
async function edit(run: HandRun, flow: FlowInput): Promise<HandRun> {
  const again = await dieAfter(run, run.events.length, [flow])
  await again.resume({ flow: 'current' })
  return again
}

describe('an edited limit of step executions', () => {
  it('X2: lets through what the one before had skipped', async () => {
    const before = await play(ab({ stepExecutions: 1 }))
    const run = await edit(before, ab({ stepExecutions: 9 }))
    expect(run.running).toEqual(['b'])
    await run.finish()
    expect(run.steps()).toEqual({ a: 'succeeded', b: 'succeeded' })
    expect(run.status).toBe('succeeded')
  })

  it('law 6: is used up again when it is too low, and never taken for success', async () => {
    const before = await play({ ...main(step('a'), step('b')), limits: { stepExecutions: 1 } })
    const run = await edit(before, {
      ...main(step('a'), step('b'), step('c')),
      limits: { stepExecutions: 1 },
    })
    await run.finish()
    expect(run.completed).toMatchObject({ status: 'failed', error: { code: 'step_budget_exceeded' } })
  })
})

describe('an edited duration', () => {
  const late = async (): Promise<HandRun> => {
    const run = await begin(ab({ durationMs: 5_000 }))
    await run.advance(5_000)
    expect(run.status).toBe('failed')
    return run
  }

  it('X2: is that of the visit, which goes on where it was cut off', async () => {
    const run = await edit(await late(), ab({ durationMs: 60_000 }))
    await run.advance(59_999)
    expect(run.running).toEqual(['a'])
    await run.advance(1)
    expect(run.completed).toMatchObject({ status: 'failed', error: { code: 'duration_exceeded' } })
  })

  it('X2: that is gone leaves the visit all the time it needs', async () => {
    const run = await edit(await late(), ab(undefined))
    await run.advance(86_400_000)
    await run.finish()
    expect(run.starts).toEqual(['a#1', 'a#1.2', 'b#1'])
    expect(run.status).toBe('succeeded')
  })

  it('X2: goes after the time that the resume allows the run', async () => {
    const run = await dieAfter(await late(), Number.POSITIVE_INFINITY, [ab({ durationMs: 10_000 })])
    await run.resume({ flow: 'current', limits: { durationMs: 60_000 } })
    await run.advance(59_999)
    expect(run.running).toEqual(['a'])
  })
})
