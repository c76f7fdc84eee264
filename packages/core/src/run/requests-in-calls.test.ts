import { describe, expect, it } from 'vitest'
import type { FunctionContext } from '../engine/context.ts'
import type { EventDraft } from '../events/swarm-event.ts'
import type { JsonValue } from '../flow/json.ts'
import { formatAddress } from './address.ts'
import { stepScope } from './drafts.ts'
import { fold } from './fold.ts'
import { main, step } from './hand-call.fixture.ts'
import { begin, dieAfter, type HandRun } from './hand-run.fixture.ts'
import { executionOf } from './lookup.ts'
import { contentHashOf, findRequest, type RequestSpec } from './request.ts'
import type { Execution, RunState } from './state.ts'

const push: RequestSpec = { kind: 'action', prompt: 'Push', action: { name: 'push' } }

/** A step that asks before it acts, and tells what it was told. */
const asking = (ask: (context: FunctionContext) => Promise<JsonValue>) => main(step('act', { run: ask }))
const approval = asking(async (context) => {
  const { approved, by } = await context.approve({ name: 'push', summary: 'Push' })
  return { approved, by }
})

/** The state of a run, and one of its executions. */
function look(run: HandRun, stepId = 'act'): { readonly state: RunState; readonly execution: Execution } {
  const { state } = run
  return { state, execution: executionOf(state, { frame: 'main#1', stepId }) }
}

/** Folds what an engine or a human would have caused. */
function append(state: RunState, draft: EventDraft): void {
  fold(state, { ...draft, runId: state.runId, seq: state.lastSeq + 1, ts: state.updatedAt })
}

describe('identity', () => {
  const idOf = (state: RunState, execution: Execution, spec = push, nth = 1): string =>
    findRequest(state, execution, { contentHash: contentHashOf(spec), nth }).requestId

  it('H4: a request is known by its execution, its content and which it is of them', async () => {
    const run = await begin(main(step('a', { needs: [] }), step('b', { needs: [] })))
    const a = look(run, 'a')
    const { execution: b } = look(run, 'b')
    const id = idOf(a.state, a.execution)
    expect(id).toMatch(/^req-[0-9a-f]{16}$/)
    const others = [
      idOf(a.state, a.execution, push, 2),
      idOf(a.state, a.execution, { ...push, prompt: 'Push now' }),
      idOf(a.state, a.execution, { ...push, action: { name: 'push', input: { force: true } } }),
      idOf(a.state, { ...a.execution, iteration: 2 }),
      idOf(a.state, { ...a.execution, item: { key: 'src', index: 0, value: 'src' } }),
      idOf(a.state, b),
    ]
    expect(new Set([id, ...others]).size).toBe(others.length + 1)
  })

  it('H4: every attempt of an execution knows it by the same id', async () => {
    const { state, execution } = look(await begin(main(step('act'))))
    expect(idOf(state, { ...execution, attempt: 7 })).toBe(idOf(state, execution))
  })
})

describe('after a crash', () => {
  it('H4: the call that runs again joins the request that is still open', async () => {
    const before = await begin(approval)
    const run = await dieAfter(before, before.events.length)
    await run.resume()
    expect(run.starts).toEqual(['act#1', 'act#1.2'])
    expect(run.all('proposed_action')).toHaveLength(1)
    await run.answer('act', { approved: true }, 'ann')
    expect(run.completed.result?.data).toEqual({ approved: true, by: 'ann' })
  })

  it('H4: an answer that was recorded is taken, and nobody is asked again', async () => {
    const before = await begin(approval)
    await before.answer('act', { approved: false }, 'ann')
    const [resolved] = before.all('action_resolved')
    const run = await dieAfter(before, resolved?.seq ?? 0)
    await run.resume()
    expect(run.all('proposed_action')).toHaveLength(1)
    expect(run.completed.result?.data).toEqual({ approved: false, by: 'ann' })
  })

  it('H4: the same question asked twice in one call is asked twice', async () => {
    const twice = asking(async (context) => {
      const first = await context.approve({ name: 'push' })
      const second = await context.approve({ name: 'push' })
      return [first.approved, second.approved]
    })
    const before = await begin(twice)
    await before.answer('act', { approved: true })
    const run = await dieAfter(before, before.events.length)
    await run.resume()
    expect(run.all('proposed_action')).toHaveLength(2)
    await run.answer('act', { approved: false })
    expect(run.completed.result?.data).toEqual([true, false])
  })

  it('H4: steps that are nothing but a request keep it, and are not begun again', async () => {
    const flow = main(
      { id: 'approve', kind: 'approval', prompt: 'Go?', needs: [] },
      { id: 'ask', kind: 'question', questions: [{ id: 'q', text: 'Which?' }], needs: [] },
      { id: 'wait', kind: 'wait', correlation: 'ci', needs: [] },
    )
    const before = await begin(flow)
    const run = await dieAfter(before, before.events.length)
    await run.resume()
    expect(run.starts).toEqual(['approve#1', 'ask#1', 'wait#1'])
    expect([...run.state.open.keys()]).toEqual([...before.state.open.keys()])
  })
})

describe('used answers', () => {
  /** A run whose approval has been given. */
  async function approved(): Promise<{
    readonly state: RunState
    readonly execution: Execution
    readonly id: string
  }> {
    const run = await begin(approval)
    const [request] = run.all('proposed_action')
    const place = look(run)
    if (request === undefined) throw new Error('Nobody is asked')
    append(place.state, {
      type: 'action_resolved',
      ...stepScope(place.execution),
      requestId: request.requestId,
      outcome: 'answered',
      answer: { approved: true },
      by: 'ann',
    })
    return { ...place, id: request.requestId }
  }

  const asked = {
    contentHash: contentHashOf({ kind: 'action', prompt: 'Push', action: { name: 'push', summary: 'Push' } }),
    nth: 1,
  }

  it('H4: an answer that no tool has used is taken again', async () => {
    const { state, execution, id } = await approved()
    expect(findRequest(state, execution, asked)).toMatchObject({
      requestId: id,
      known: { by: 'ann' },
      repeats: undefined,
    })
  })

  it('H4: one that a tool has used is asked for again, and the human is told so', async () => {
    const { state, execution, id } = await approved()
    append(state, {
      type: 'tool_start',
      ...stepScope(execution),
      toolCallId: 't1',
      tool: 'push',
      requestId: id,
    })
    const again = findRequest(state, execution, asked)
    expect(again.known).toBeUndefined()
    expect(again.requestId).not.toBe(id)
    expect(again.repeats).toBe(id)
  })

  it('H4: a tool that needs no approval uses none', async () => {
    const { state, execution, id } = await approved()
    append(state, { type: 'tool_start', ...stepScope(execution), toolCallId: 't1', tool: 'read' })
    expect(findRequest(state, execution, asked).requestId).toBe(id)
  })
})

describe('addresses', () => {
  it('V3: name flow and visit, step, item, iteration and attempt', () => {
    const place = { frame: 'build#2', stepId: 'review_area', iteration: 3, attempt: 1 }
    expect(formatAddress({ ...place, item: 'src' })).toBe('build#2/review_area[src]#3.1')
    expect(formatAddress(place)).toBe('build#2/review_area#3.1')
  })
})
