/** What a new iteration, or another try, keeps of the one before, and what it forgets. */
import { describe, expect, it } from 'vitest'
import { HandChecks, main, step } from './hand-call.fixture.ts'
import { begin, dieAfter, play } from './hand-run.fixture.ts'

describe('a new iteration', () => {
  it('L2: has no evidence of a step that it skips, though an earlier one ran it', async () => {
    const run = await play(
      main(
        step('write', { needs: [] }),
        step('extra', { needs: ['write'], when: 'steps.write.verdict == "FIRST"' }),
        step('review', {
          needs: ['write', 'extra'],
          triggerRule: 'all_done',
          routing: { kind: 'microloop', loopTarget: 'write', stallAfter: 1, maxIterations: 5 },
        }),
      ),
      {
        write: [
          { value: 'same', verdict: 'FIRST' },
          { value: 'same', verdict: 'SECOND' },
        ],
        extra: { value: 'same' },
        review: { value: 'same', verdict: 'UNVERIFIED' },
      },
    )
    expect(run.all('routing_decision').map(({ reason }) => reason)).toEqual([
      'iteration:1',
      'iteration:2',
      'stalled',
    ])
  })
})

describe('another try', () => {
  it('L7: does not wait for a check that an edit of the flow has taken away', async () => {
    const flow = (verify: object) =>
      main(step('gate', { ...verify, routing: { kind: 'linear', next: 'after' } }), step('after'))
    const before = await begin(flow({ verify: { commands: [{ command: 'npm test' }] } }), {
      checks: new HandChecks(),
    })
    await before.end('gate')
    expect(before.all('verification_started')).toHaveLength(1)
    const run = await dieAfter(before, before.events.length, [flow({})])
    await run.resume({ flow: 'current' })
    await run.finish()
    expect(run.steps()).toEqual({ gate: 'succeeded', after: 'succeeded' })
  })
})
