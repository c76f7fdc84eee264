import { describe, expect, it } from 'vitest'
import { main, step } from './hand-call.fixture.ts'
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
