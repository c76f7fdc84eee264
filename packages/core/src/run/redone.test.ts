/** What a resume runs again, and what it must not have decided before (rules S5, X2, L4). */
import { describe, expect, it } from 'vitest'
import type { DurableEvent } from '../events/swarm-event.ts'
import { failAtStart } from './decide-start.ts'
import { main, step } from './hand-call.fixture.ts'
import { begin, dieAfter, type HandRun } from './hand-run.fixture.ts'

const MORE = { limits: { stepExecutions: 9 } }

/** A run that died right after the first event of a type. */
async function dieAt(run: HandRun, type: DurableEvent['type']): Promise<HandRun> {
  const [event] = run.all(type)
  if (event === undefined) throw new Error(`There is no ${type}`)
  return await dieAfter(run, event.seq)
}

describe('a step whose loop was ended by a limit', () => {
  it('X2: decides anew where it leads, and is not called again for that', async () => {
    const routing = { kind: 'microloop', loopTarget: 'again', next: 'last' } as const
    const flow = main(
      step('first', { needs: [] }),
      step('again', { needs: [], routing }),
      step('refused', { needs: ['first'] }),
      step('last'),
    )
    const run = await begin(flow, { request: { limits: { stepExecutions: 2 } } })
    await run.end('first')
    await run.end('again', { verdict: 'UNVERIFIED' })
    expect(run.routes).toEqual(['again: step_budget → end'])
    await run.resume(MORE)
    expect(run.routes.at(-1)).toBe('again: iteration:1 → again')
    expect(run.running).toEqual(['refused', 'again'])
    await run.finish({ again: { verdict: 'VERIFIED' } })
    expect(run.counts).toEqual({ first: 1, again: 2, refused: 1, last: 1 })
    expect(run.status).toBe('succeeded')
  })
})

describe('a step outside of a loop that is decided again', () => {
  it('L4: waits for the loop, though it had exited before', async () => {
    const routing = { kind: 'microloop', loopTarget: 'body' } as const
    const flow = main(
      step('body', { needs: [] }),
      step('decision', { needs: ['body'], routing }),
      step('outside', { needs: ['body'] }),
    )
    const run = await begin(flow)
    await run.end('body')
    await run.end('decision', { fail: 'broken' })
    await run.end('outside', { fail: 'broken' })
    await run.resume({ retryFailed: true })
    expect(run.running).toEqual(['decision'])
    await run.end('decision', { verdict: 'UNVERIFIED' })
    expect(run.running).toEqual(['body'])
    await run.finish({ decision: { verdict: 'VERIFIED' } })
    expect(run.steps()).toEqual({ body: 'succeeded', decision: 'succeeded', outside: 'succeeded' })
  })
})

describe('what was due when the process died', () => {
  it('S5: skips nothing that follows a step which retryFailed runs again', async () => {
    const run = await begin(main(step('a'), step('b'), step('c')))
    await run.end('a', { fail: 'broken' })
    const torn = await dieAt(run, 'step_error')
    await torn.resume({ retryFailed: true })
    await torn.finish()
    expect(torn.steps()).toEqual({ a: 'succeeded', b: 'succeeded', c: 'succeeded' })
  })

  it('X2: skips nothing for a limit that the resume has raised', async () => {
    const request = { limits: { stepExecutions: 1 } }
    const run = await begin(main(step('a'), step('b'), step('c')), { request })
    await run.end('a')
    const torn = await dieAt(run, 'budget_exceeded')
    await torn.resume(MORE)
    await torn.finish()
    expect(torn.steps()).toEqual({ a: 'succeeded', b: 'succeeded', c: 'succeeded' })
  })

  it('X2: neither does so in a visit below that is open still', async () => {
    const child = { key: 'child', steps: [step('x'), step('y')] }
    const flow = main({ id: 'call', kind: 'flow', flow: 'child' })
    const request = { flow: 'main', limits: { stepExecutions: 1 } }
    const run = await begin(flow, { flows: [child], request })
    await run.end('x')
    const torn = await dieAt(run, 'budget_exceeded')
    await torn.resume(MORE)
    await torn.finish()
    expect(torn.steps('child#1')).toEqual({ x: 'succeeded', y: 'succeeded' })
    expect(torn.status).toBe('succeeded')
  })
})

describe('a failure at the start of a further attempt', () => {
  it('H1: withdraws what an attempt before has asked', async () => {
    const asking = step('asking', { run: async ({ approve }) => (await approve({ name: 'push' })).approved })
    const [request] = (await begin(main(asking))).state.open.values()
    if (request === undefined) throw new Error('Nothing was asked')
    const drafts = failAtStart(request.execution, 'budget_exceeded', 'Too little')
    expect(drafts.map(({ type }) => type)).toEqual(['action_resolved', 'step_start', 'step_error'])
    expect(drafts[0]).toMatchObject({ outcome: 'withdrawn' })
  })
})
