/** Runs that are taken up again after an orderly stop, or with an edit of what has ended well. */
import { describe, expect, it } from 'vitest'
import type { FlowInput } from '../flow/flow.ts'
import { main, step } from './hand-call.fixture.ts'
import { begin, dieAfter, type HandRun } from './hand-run.fixture.ts'

async function crash(run: HandRun): Promise<HandRun> {
  const again = await dieAfter(run, run.events.length)
  await again.resume()
  return again
}

async function stop(run: HandRun): Promise<void> {
  await run.orchestrator.open(run.state.runId).stop()
  await run.advance(60_000)
}

describe('an orderly stop', () => {
  it('S5: does not count towards poisoning, though it cuts a call off', async () => {
    let run = await begin(main(step('a')))
    for (let crashes = 1; crashes <= 5; crashes += 1) run = await crash(run)
    await stop(run)
    expect(run.state.control).toBe('stopped')
    await run.resume()
    expect(run.running).toEqual(['a'])
    await run.finish()
    expect(run.completed).toMatchObject({ status: 'succeeded', census: { interruptions: 6 } })
  })
})

describe('an edit of a flow', () => {
  it('S6: opens no visit again that has ended well', async () => {
    const child = (version: string): FlowInput => ({ key: 'child', steps: [step('one', { version })] })
    const host = main({ id: 'down', kind: 'flow', flow: 'child' }, step('after'))
    const before = await begin(host, { flows: [child('1')] })
    await before.end('one')
    const run = await dieAfter(before, before.events.length, [host, child('2')])
    await run.resume({ flow: 'current' })
    expect(run.running).toEqual(['one'])
    await run.finish()
    expect(run.all('flow_start').map(({ frame }) => frame)).toEqual(['main#1', 'child#1', 'child#2'])
    expect(run.counts).toEqual({ down: 2, one: 2, after: 2 })
    expect(run.status).toBe('succeeded')
  })
})
