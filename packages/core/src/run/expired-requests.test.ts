import { createHandClock } from '@batonjs/testkit'
import { describe, expect, it } from 'vitest'
import { defineFlow } from '../flow/define-flow.ts'
import { createOrchestrator } from '../orchestrator/create-orchestrator.ts'

const HOUR = 3_600_000

/** A run whose only call asks a question that expires in an hour. */
function begin() {
  const clock = createHandClock()
  const ask = defineFlow({
    key: 'ask',
    steps: [
      {
        id: 'ask',
        kind: 'function',
        run: (context) => context.ask([{ id: 'q', text: 'Which?' }], { deadlineMs: HOUR }),
      },
    ],
  })
  return { clock, orchestrator: createOrchestrator({ flows: [ask], clock }) }
}

describe('a question inside a call that nobody answers in time', () => {
  it('H4: fails the call also when that is run again after the deadline', async () => {
    const { clock, orchestrator } = begin()
    const parked = await orchestrator.execute({ runId: 'run-1' })
    expect(parked.status).toBe('waiting')
    await clock.advance(2 * HOUR)
    const { status, error, openRequests } = await orchestrator.resume('run-1')
    expect({ status, code: error?.code, openRequests }).toEqual({
      status: 'failed',
      code: 'request_expired',
      openRequests: [],
    })
  })

  it('S5: is asked anew when retryFailed runs its step again', async () => {
    const { clock, orchestrator } = begin()
    await orchestrator.execute({ runId: 'run-1' })
    await clock.advance(2 * HOUR)
    await orchestrator.resume('run-1')
    const { status, openRequests } = await orchestrator.resume('run-1', { retryFailed: true })
    expect({ status, open: openRequests.length }).toEqual({ status: 'waiting', open: 1 })
  })
})
