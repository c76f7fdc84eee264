import { describe, expect, it } from 'vitest'
import type { FlowInput, MapItemInput, MapStepInput, StepInput } from '../flow/flow.ts'
import type { JsonValue } from '../flow/json.ts'
import { type Deed, itemStep, main, type Script, step } from './hand-call.fixture.ts'
import { begin, type HandRun, play } from './hand-run.fixture.ts'

type ItemRule = NonNullable<MapStepInput['itemRule']>

/** A map over `a`, `b` and `c`, and a step behind it. */
const abc = (policy: Partial<MapStepInput> = {}, item: MapItemInput = itemStep): FlowInput =>
  main(
    { id: 'each', kind: 'map', needs: [], items: '["a", "b", "c"]', itemKey: '$item', step: item, ...policy },
    step('after', { needs: ['each'] }),
  )

const outputOf = (run: HandRun): JsonValue | undefined =>
  run.all('step_end').find(({ stepId, item }) => stepId === 'each' && item === undefined)?.data

/** `+` succeeds, `-` fails. */
const deeds = (marks: string): Script =>
  Object.fromEntries(
    [...marks].map((mark, index): [string, Deed] => [
      `each[${'abc'[index]}]`,
      mark === '-' ? { fail: 'broken' } : { value: 'fine' },
    ]),
  )

describe('item rules', () => {
  it.each<[ItemRule, string, string]>([
    ['all_success', '+++', 'succeeded'],
    ['all_success', '+-+', 'failed: map_items_failed'],
    ['all_success', '---', 'failed: map_items_failed'],
    ['one_success', '+++', 'succeeded'],
    ['one_success', '--+', 'succeeded'],
    ['one_success', '---', 'failed: map_items_failed'],
    ['all_done', '+-+', 'succeeded'],
    ['all_done', '---', 'succeeded'],
  ])('M1: %s with items that end %s leaves the map %s', async (itemRule, marks, stand) => {
    const run = await play(abc({ itemRule }), deeds(marks))
    expect(run.steps().each).toBe(stand)
    expect(run.completed.census.items).toEqual({
      succeeded: [...marks].filter((mark) => mark === '+').length,
      failed: [...marks].filter((mark) => mark === '-').length,
      skipped: 0,
    })
  })

  it('M1: all_success is the default', async () => {
    expect((await play(abc(), deeds('++-'))).steps().each).toBe('failed: map_items_failed')
  })

  it('M1: every item runs to its end, also after one has failed or succeeded', async () => {
    for (const itemRule of ['all_success', 'one_success'] as const) {
      const run = await begin(abc({ itemRule, concurrency: 1 }))
      await run.finish(deeds('-+-'))
      expect(run.starts.slice(1, 4)).toEqual(['each[a]#1', 'each[b]#1', 'each[c]#1'])
    }
  })

  it('M1: a failed item keeps its place in the output', async () => {
    const run = await play(abc({ itemRule: 'all_done' }), deeds('+-+'))
    expect(outputOf(run)).toEqual([
      'fine',
      { status: 'failed', error: { code: 'broken', message: 'each failed as it was told to' } },
      'fine',
    ])
  })

  it('M1: the error of a map names the items that failed', async () => {
    const run = await play(abc(), deeds('-+-'))
    expect(run.completed.error?.message).toContain('2 of 3 items failed: a (broken), c (broken)')
  })
})

describe('policies of the item', () => {
  it('F7: when of the step that a map runs is looked at for each item', async () => {
    const run = await play(abc({}, { ...itemStep, when: 'item != "b" && index < 3' }))
    expect(run.starts).toEqual(['each#1', 'each[a]#1', 'each[c]#1', 'after#1'])
    expect(run.all('step_skipped')).toMatchObject([{ stepId: 'each', item: 'b', reason: 'condition' }])
    expect(outputOf(run)).toMatchObject(['main#1/each[a]#1', { status: 'skipped' }, 'main#1/each[c]#1'])
    expect(run.completed.census.items).toEqual({ succeeded: 2, failed: 0, skipped: 1 })
  })

  it('F7: one that cannot be evaluated fails its item', async () => {
    const run = await play(abc({ itemRule: 'all_done' }, { ...itemStep, when: 'item > 1' }))
    expect(run.all('step_error')).toMatchObject(
      ['a', 'b', 'c'].map((item) => ({ item, error: { code: 'condition_error' } })),
    )
    expect(run.steps().each).toBe('succeeded')
  })

  it('F7: when of the map itself skips all of it', async () => {
    const run = await play(abc({ when: 'false' }))
    expect(run.steps()).toEqual({ each: 'skipped: condition', after: 'skipped: needs_skipped' })
  })

  /** Every item asks; `b` is rejected. */
  async function rejectB(
    onReject?: 'fail' | 'skip' | 'stop',
    policy: Partial<MapStepInput> = {},
  ): Promise<HandRun> {
    const ask: MapItemInput = {
      kind: 'approval',
      prompt: 'Change $item.',
      ...(onReject === undefined ? {} : { onReject }),
    }
    const run = await begin(abc(policy, ask))
    for (const request of run.state.open.values()) {
      const approved = request.execution.item?.key !== 'b'
      await run.respond(request.requestId, { approved })
    }
    await run.finish()
    return run
  }

  it('H5: a rejected item fails by default', async () => {
    const run = await rejectB()
    expect(run.all('approval_requested').map(({ prompt }) => prompt)).toEqual([
      'Change a.',
      'Change b.',
      'Change c.',
    ])
    expect(run.steps().each).toBe('failed: map_items_failed')
  })

  it('H5: onReject of the item skips it', async () => {
    const run = await rejectB('skip')
    expect(run.all('step_skipped')).toMatchObject([{ item: 'b', reason: 'rejected' }])
    expect(run.steps()).toEqual({ each: 'succeeded', after: 'succeeded' })
  })

  it('H5: or stops the flow', async () => {
    const run = await rejectB('stop')
    expect(run.steps()).toEqual({ each: 'failed: map_items_failed', after: 'skipped: stopped' })
    expect(run.completed.error?.code).toBe('approval_rejected')
  })

  it.each<[ItemRule, string]>([
    ['all_success', 'failed: map_items_failed'],
    ['all_done', 'failed: map_items_failed'],
    ['one_success', 'succeeded'],
  ])('H5: a stop skips the items that have not started; with %s the map has %s', async (itemRule, stand) => {
    const ask: MapItemInput = { kind: 'approval', prompt: 'Change $item.', onReject: 'stop' }
    const run = await begin(abc({ itemRule, concurrency: 1 }, ask))
    await run.answer('each', { approved: true })
    await run.answer('each', { approved: false })
    expect(run.all('step_skipped')).toMatchObject([
      { stepId: 'each', item: 'c', reason: 'stopped' },
      { stepId: 'after', reason: 'stopped' },
    ])
    expect(run.steps()).toEqual({ each: stand, after: 'skipped: stopped' })
    expect(run.completed).toMatchObject({ status: 'failed', error: { code: 'approval_rejected' } })
  })

  it('H5: a stop beside a map lets the items that run finish, starts no other, and can be taken back', async () => {
    const gate: StepInput = { id: 'gate', kind: 'approval', needs: [], prompt: 'Go?', onReject: 'stop' }
    const { steps } = abc({ concurrency: 1 })
    const run = await begin(main(...steps, gate))
    await run.answer('gate', { approved: false })
    await run.end('each[a]')
    expect(run.running).toEqual([])
    expect(run.all('step_error').at(-1)?.error.message).toContain(
      '2 of 3 items failed: b (stopped), c (stopped)',
    )
    await run.resume({ retryFailed: true })
    await run.answer('gate', { approved: true })
    await run.finish()
    expect(run.counts).toMatchObject({ each: 5, after: 1 })
    expect(run.completed).toMatchObject({ status: 'succeeded', census: { items: { succeeded: 3 } } })
  })

  it('H5: routing of the map is not that of its items', async () => {
    const routing = { kind: 'branch', cases: [{ value: 'X', next: 'after' }], default: 'after' } as const
    const run = await rejectB(undefined, { routing, itemRule: 'all_done' })
    expect(run.completed.census.items).toEqual({ succeeded: 2, failed: 1, skipped: 0 })
  })
})
