import { describe, expect, it } from 'vitest'
import { RunError } from '../errors/swarm-error.ts'
import type { FlowInput } from '../flow/flow.ts'
import { main, step } from './hand-call.fixture.ts'
import { begin, dieAfter, type HandRun } from './hand-run.fixture.ts'

const keysOf = (run: HandRun): readonly string[] =>
  run.all('step_start').map(({ idempotencyKey }) => idempotencyKey)

/** A step that asks before it acts. */
const asking = main(
  step('act', {
    run: async (context) => ({ approved: (await context.approve({ name: 'push' })).approved }),
  }),
)

describe('S5: an idempotency key', () => {
  it('names the run, the address without the attempt, and the beginning of the content key', async () => {
    const run = await begin(main(step('a')))
    const [start] = run.all('step_start')
    expect(start?.idempotencyKey).toBe(`${start?.runId}/main#1/a#1@${start?.contentKey.slice(0, 8)}`)
  })

  it('is the same for every attempt, across a crash, and so is the request that the call has made', async () => {
    const before = await begin(asking)
    const run = await dieAfter(before, before.events.length)
    await run.resume()
    const [first, second] = keysOf(run)
    expect([second, run.all('proposed_action').length]).toEqual([first, 1])
  })

  it('is what the call itself is given, in each of its attempts', async () => {
    const given: string[] = []
    const flaky = step('flaky', {
      run: async ({ idempotencyKey, attempt }) => {
        given.push(idempotencyKey)
        if (attempt === 1) throw new RunError('busy', { code: 'busy', retryable: true })
        return null
      },
    })
    const run = await begin(main(flaky))
    await run.advance(60_000)
    expect(given).toHaveLength(2)
    expect(given).toEqual(keysOf(run))
  })

  it('is another one in another run, and so is the request', async () => {
    const [one, two] = [await begin(asking), await begin(asking)]
    expect(keysOf(one)).not.toEqual(keysOf(two))
    const idsOf = (run: HandRun) => run.all('proposed_action').map(({ requestId }) => requestId)
    expect(idsOf(one)).not.toEqual(idsOf(two))
  })

  it('is another one once the step was edited', async () => {
    const flow = (version: string): FlowInput => main(step('a', { version }))
    const before = await begin(flow('1'))
    const run = await dieAfter(before, before.events.length, [flow('2')])
    await run.resume({ flow: 'current' })
    const [first, second] = keysOf(run)
    expect(second).toMatch(/\/main#1\/a#1@[0-9a-f]{8}$/)
    expect(second).not.toBe(first)
  })
})
