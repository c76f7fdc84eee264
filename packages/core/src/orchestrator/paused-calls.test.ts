import { checkJournal } from '@batonjs/testkit'
import { describe, expect, it } from 'vitest'
import type { StepInput } from '../flow/flow.ts'
import { beginAsking, DAY } from './people.fixture.ts'
import { createProcess, journalOf } from './process.fixture.ts'

/** A call that asks, uses a tool and returns what it was told. */
const asks = (deadlineMs?: number): readonly StepInput[] => [
  {
    id: 'asks',
    kind: 'function',
    async run(context) {
      const terms = deadlineMs === undefined ? {} : { deadlineMs, onDeadline: 'approve' as const }
      const { approved } = await context.approve({ name: 'deploy' }, terms)
      await context.record({ type: 'custom', name: 'acted', data: approved })
      return approved
    },
  },
]

it('S2: the checks of an approval that is answered while the run is paused begin when it goes on', async () => {
  const checked: string[] = []
  const verify = { commands: [{ command: 'check' }] }
  const { orchestrator, clock, storage } = createProcess(
    [{ id: 'sign', kind: 'approval', prompt: 'Go?', verify }],
    {
      checks: {
        async run({ command }) {
          checked.push(command)
          return { exitCode: 0, output: '' }
        },
      },
    },
  )
  const run = await orchestrator.start({ runId: 'run-1' })
  await clock.advance(0)
  await run.pause()
  const [open] = (await orchestrator.runs()).runs[0]?.openRequests ?? []
  await run.respond(open?.requestId ?? '', { approved: true })
  await clock.advance(DAY)
  expect((await journalOf(storage, 'run-1')).at(-1)?.type).toBe('step_end')
  expect(checked).toEqual([])
  await run.continue()
  expect(await run.result).toMatchObject({ status: 'succeeded' })
  expect(checked).toEqual(['check'])
})

describe('a call that waits for people while the run is paused', () => {
  it('S2: goes on with its answer only when the run goes on', async () => {
    const { run, requestId, clock, journal } = await beginAsking(asks())
    await run.pause()
    await run.respond(requestId, { approved: true })
    await clock.advance(DAY)
    expect((await journal()).at(-1)?.type).toBe('action_resolved')
    await run.continue()
    expect(await run.result).toMatchObject({ status: 'succeeded', output: true })
    expect(checkJournal(await journal())).toEqual([])
  })

  it('S2: goes on with the default of a deadline that passed meanwhile', async () => {
    const { run, clock, journal } = await beginAsking(asks(DAY))
    await run.pause()
    await clock.advance(2 * DAY)
    expect((await journal()).at(-1)?.type).toBe('action_resolved')
    await run.continue()
    expect(await run.result).toMatchObject({ status: 'succeeded', output: true })
  })

  it.each(['with', 'right after'])('S2: rests when the pause comes %s its answer', async (when) => {
    const { run, requestId, clock, journal } = await beginAsking(asks())
    const answered = run.respond(requestId, { approved: true })
    await (when === 'with' ? Promise.all([answered, run.pause()]) : answered.then(() => run.pause()))
    await clock.advance(0)
    await run.continue()
    expect(await run.result).toMatchObject({ status: 'succeeded', output: true })
    expect(checkJournal(await journal())).toEqual([])
  })

  it('S2: is aborted by a stop, and the next attempt takes the answer', async () => {
    const { run, requestId, orchestrator } = await beginAsking(asks())
    await run.pause()
    await run.respond(requestId, { approved: true })
    await run.stop()
    expect(await run.result).toMatchObject({ status: 'stopped' })
    expect(await orchestrator.resume('run-1')).toMatchObject({ status: 'succeeded', output: true })
  })
})
