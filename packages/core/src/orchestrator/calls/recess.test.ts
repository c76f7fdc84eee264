import { allOf, typesOf } from '@batonjs/testkit'
import { describe, expect, it } from 'vitest'
import type { ExecutionContext } from '../../engine/context.ts'
import { defineFlow } from '../../flow/define-flow.ts'
import type { StepInput } from '../../flow/flow.ts'
import { approve } from '../people.fixture.ts'
import { createProcess, journalOf, type ProcessOptions, readUntil } from '../process.fixture.ts'

/** A function that asks for three approvals side by side, and tells in `order` which answers came. */
function asking(order: string[], id = 'asks'): StepInput {
  const propose = async (context: ExecutionContext, name: string): Promise<void> => {
    await context.approve({ name, input: {} })
    order.push(name)
  }
  return {
    id,
    kind: 'function',
    needs: [],
    run: async (context) => {
      await Promise.all(['one', 'two', 'three'].map((name) => propose(context, name)))
    },
  }
}

/** A run whose function has asked for three approvals, and a way to answer each. */
async function beginAsking(options: ProcessOptions, beside: readonly StepInput[] = []) {
  const order: string[] = []
  const process = createProcess([asking(order), ...beside], options)
  const run = await process.orchestrator.start()
  let count = 0
  const events = await readUntil(run, ({ type }) => type === 'proposed_action' && ++count === 3)
  const ids = new Map(
    allOf(events, 'proposed_action').map(({ action, requestId }) => [action.name, requestId]),
  )
  const answer = async (name: string): Promise<void> => {
    await run.respond(ids.get(name) ?? '', approve)
    await process.clock.advance(0)
  }
  return { ...process, run, order, answer }
}

describe('the recess of a call that asks several things at once', () => {
  const long: StepInput = { id: 'long', kind: 'function', needs: [], run: () => new Promise(() => {}) }

  it.each([1, 2])('B2: takes one slot again, and gives it back (slots of the run: %i)', async (perRun) => {
    const { run, clock, answer } = await beginAsking({ slots: { perRun } }, [
      { id: 'after', kind: 'function', needs: ['asks'], run: () => 'after' },
      { id: 'last', kind: 'function', needs: ['after'], run: () => 'last' },
    ])
    for (const name of ['one', 'two', 'three']) await answer(name)
    expect(await clock.drive(run.result)).toMatchObject({ status: 'succeeded', output: 'last' })
  })

  it('B2: takes one slot again when all answers come at once', async () => {
    const { run, clock, answer } = await beginAsking({ slots: { perRun: 1 } })
    await Promise.all(['one', 'two', 'three'].map(answer))
    expect(await clock.drive(run.result)).toMatchObject({ status: 'succeeded' })
  })

  it('H3: goes on with each answer at once, and waits for a slot only when nothing is open any more', async () => {
    const { run, order, answer } = await beginAsking({ slots: { perRun: 1 } }, [long])
    await answer('two')
    expect(order).toEqual(['two'])
    await answer('one')
    expect(order).toEqual(['two', 'one'])
    await answer('three')
    expect(order).toEqual(['two', 'one'])
    await run.cancel()
  })

  it('H3: no time runs while anything is open, and then it runs again', async () => {
    const hangs: StepInput = {
      id: 'hangs',
      kind: 'function',
      needs: [],
      timeoutMs: 1_000,
      run: async (context) => {
        await Promise.all(['one', 'two'].map((name) => context.approve({ name, input: {} })))
        await new Promise(() => {})
      },
    }
    const graceMs = 1
    const { orchestrator, clock, storage } = createProcess([hangs], { graceMs })
    const run = await orchestrator.start()
    let count = 0
    const events = await readUntil(run, ({ type }) => type === 'proposed_action' && ++count === 2)
    for (const { requestId } of allOf(events, 'proposed_action')) {
      await clock.advance(60_000)
      await run.respond(requestId, approve)
    }
    const answeredAt = clock.now()
    await clock.drive(run.result)
    const [timeout] = allOf(await journalOf(storage, run.id), 'step_error')
    expect(timeout).toMatchObject({ error: { code: 'timeout' } })
    expect(Date.parse(timeout?.ts ?? '') - answeredAt).toBe(1_000 + graceMs)
  })

  it('S2: goes on with a slot that it gets while its run is paused only when the run goes on', async () => {
    const flowOf = (key: string) => defineFlow({ key, steps: [{ id: key, prompt: key }] })
    const { orchestrator, clock, storage } = createProcess([flowOf('asks'), flowOf('long')], {
      slots: { perEngine: { stub: 1 } },
      replies: {
        asks: { acts: [{ kind: 'propose', action: { name: 'deploy', input: {} } }] },
        long: { acts: [{ kind: 'wait', ms: 500 }] },
      },
    })
    const run = await orchestrator.start({ flow: 'asks' })
    const [request] = allOf(await readUntil(run, ({ type }) => type === 'proposed_action'), 'proposed_action')
    const long = await orchestrator.start({ flow: 'long' })
    await clock.advance(0)
    await run.respond(request?.requestId ?? '', approve)
    await run.pause()
    await readUntil(run, ({ type }) => type === 'run_paused')
    await clock.drive(long.result)
    expect(typesOf(await journalOf(storage, run.id)).at(-1)).toBe('run_paused')
    expect(await clock.drive(orchestrator.execute({ flow: 'long' }))).toMatchObject({ status: 'succeeded' })
    await run.continue()
    expect(await clock.drive(run.result)).toMatchObject({ status: 'succeeded' })
  })

  it('S3: a run whose call waits for its slot is not left to people', async () => {
    const act = { id: 'act', prompt: 'Act', needs: [] }
    const asks = defineFlow({
      key: 'asks',
      steps: [act, { id: 'gate', kind: 'approval', prompt: 'Go?', needs: [] }],
    })
    const long = defineFlow({ key: 'long', steps: [{ id: 'long', prompt: 'Long' }] })
    const { orchestrator, clock, called } = createProcess([asks, long], {
      slots: { perEngine: { stub: 1 } },
      replies: {
        act: { acts: [{ kind: 'propose', action: { name: 'deploy', input: {} } }] },
        long: { acts: [{ kind: 'wait', ms: 500 }] },
      },
    })
    let isAnswered = false
    const result = orchestrator.execute({
      flow: 'asks',
      onRequest: async ({ kind }) => {
        if (kind !== 'action') return undefined
        await orchestrator.start({ flow: 'long' })
        await clock.advance(0)
        isAnswered = true
        return { answer: approve }
      },
    })
    expect(await clock.drive(result)).toMatchObject({
      status: 'waiting',
      outputs: { act: expect.anything() },
    })
    expect([isAnswered, called()]).toEqual([true, ['act#1.1', 'long#1.1']])
  })

  it('B2: a call that goes on takes no more of its rate', async () => {
    const rates = { stub: { calls: 1, perMs: 60_000 } }
    const { orchestrator, clock } = createProcess([{ id: 'act', prompt: 'Act' }], {
      slots: { rates },
      replies: { act: { acts: [{ kind: 'propose', action: { name: 'deploy', input: {} } }] } },
    })
    const run = await orchestrator.start()
    const [request] = allOf(await readUntil(run, ({ type }) => type === 'proposed_action'), 'proposed_action')
    await run.respond(request?.requestId ?? '', approve)
    await clock.advance(0)
    expect(await run.result).toMatchObject({ status: 'succeeded' })
  })
})
