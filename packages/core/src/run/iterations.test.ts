/** What a new iteration, or another try, keeps of the one before, and what it forgets. */
import type { StubReplies, StubReply } from '@batonjs/engine-stub'
import { describe, expect, it } from 'vitest'
import type { MicroloopRouting } from '../flow/routing.ts'
import { createProcess, journalOf, type TestProcess } from '../orchestrator/process.fixture.ts'
import { HandChecks, main, step } from './hand-call.fixture.ts'
import { begin, dieAfter, play } from './hand-run.fixture.ts'

/** Runs `write` and a critic that always sends back. */
async function runInLoop(
  write: StubReplies,
  bounds: Partial<MicroloopRouting>,
  others: Readonly<Record<string, StubReplies>> = {},
): Promise<TestProcess> {
  const process = createProcess(
    [
      { id: 'write', prompt: 'Write' },
      { id: 'critic', prompt: 'Judge', routing: { kind: 'microloop', loopTarget: 'write', ...bounds } },
    ],
    { replies: { write, ...others, critic: { text: 'no', verdict: 'UNVERIFIED' } } },
  )
  await process.clock.drive(process.orchestrator.execute({ runId: 'run-1' }))
  return process
}

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

describe('a new call of a step that a loop re-armed', () => {
  it.each([
    ['the same evidence when it changes the same', ['a.ts'], ['iteration:1', 'stalled']],
    ['other evidence when it changes other', ['a.ts', 'b.ts'], ['iteration:1', 'iteration:2', 'stalled']],
  ])('L2: has %s files and says the same', async (_, paths, reasons) => {
    const replies = paths.map((path): StubReply => {
      const files = [{ path, action: 'modified' as const, insertions: 1, deletions: 1 }]
      return { text: 'same', acts: [{ type: 'file_changes', files }] }
    })
    const { storage } = await runInLoop(replies, { stallAfter: 1, maxIterations: 5 })
    const journal = await journalOf(storage, 'run-1')
    const decided = journal.flatMap((event) => (event.type === 'routing_decision' ? event.reason : []))
    expect(decided).toEqual(reasons)
  })

  it('L2: has not the files of an attempt that failed before it', async () => {
    const files = [{ path: 'a.ts', action: 'modified' as const, insertions: 1, deletions: 1 }]
    const acts = [{ type: 'file_changes' as const, files }]
    const fails = { fail: { code: 'busy', retryable: true }, acts }
    const bounds = { stallAfter: 1, maxIterations: 5 }
    const { storage } = await runInLoop({ text: 'same', acts }, bounds, { 'write#2.1': fails })
    const journal = await journalOf(storage, 'run-1')
    const decided = journal.flatMap((event) => (event.type === 'routing_decision' ? event.reason : []))
    expect(decided).toEqual(['iteration:1', 'stalled'])
  })

  it('L3: is given no session of the iteration before', async () => {
    const session = { id: 'engine-session' }
    const { engine } = await runInLoop({ acts: [{ type: 'session', session }] }, { maxIterations: 1 })
    const calls = engine.calls.filter(({ stepId }) => stepId === 'write')
    expect(calls.map(({ context }) => context.session)).toEqual([undefined, undefined])
  })
})

describe('another try', () => {
  it('F7: is made although the condition that let its step start holds no longer', async () => {
    const run = await begin(
      main(
        step('first', { needs: [] }),
        step('while', { needs: [], when: 'steps.first.status == "running"' }),
      ),
    )
    await run.end('while', { fail: 'busy', retryable: true })
    await run.end('first')
    await run.advance(60_000)
    await run.finish()
    expect(run.steps()).toEqual({ first: 'succeeded', while: 'succeeded' })
  })

  it('S5: of a flow step whose visit was not begun is planned, whatever visits earlier iterations had', async () => {
    const child = { key: 'child', steps: [step('inner')] }
    const flow = main(
      { id: 'nested', kind: 'flow', flow: 'child' },
      step('critic', { routing: { kind: 'microloop', loopTarget: 'nested' } }),
    )
    const whole = await begin(flow, { flows: [child] })
    await whole.end('inner')
    await whole.end('critic', { verdict: 'UNVERIFIED' })
    const again = whole
      .all('step_start')
      .find(({ stepId, iteration }) => stepId === 'nested' && iteration === 2)
    const torn = await dieAfter(whole, again?.seq ?? 0)
    const { steps } = await torn.orchestrator.planResume(again?.runId ?? '')
    expect(steps.find(({ stepId }) => stepId === 'nested')).toMatchObject({
      action: 'rerun',
      cause: 'interrupted',
    })
  })

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
