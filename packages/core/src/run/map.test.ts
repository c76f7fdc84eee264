import { describe, expect, it } from 'vitest'
import type { FlowInput, MapItemInput, MapStepInput } from '../flow/flow.ts'
import type { JsonValue } from '../flow/json.ts'
import { itemStep, main, type Script, step } from './hand-call.fixture.ts'
import { begin, type HandRun, play } from './hand-run.fixture.ts'

/** A map over what `list` gives. */
const over = (policy: Partial<MapStepInput> = {}, item: MapItemInput = itemStep): FlowInput =>
  main(
    step('list', { needs: [] }),
    {
      id: 'each',
      kind: 'map',
      needs: ['list'],
      items: '$list.output',
      itemKey: '$item',
      step: item,
      ...policy,
    },
    step('after', { needs: ['each'] }),
  )

const listing = (value: JsonValue): Script => ({ list: { value } })

/** The output of the map. */
const outputOf = (run: HandRun): JsonValue | undefined =>
  run.all('step_end').find(({ stepId, item }) => stepId === 'each' && item === undefined)?.data

const codeOf = (run: HandRun): string | undefined =>
  run.all('step_error').find(({ stepId, item }) => stepId === 'each' && item === undefined)?.error.code

describe('items', () => {
  it('M1: the items are recorded with their keys before the first of them starts', async () => {
    const run = await play(over(), listing(['a', 'b']))
    const types = run.events.flatMap((event) =>
      'stepId' in event && event.stepId === 'each'
        ? [`${event.type}${'item' in event ? ` ${event.item}` : ''}`]
        : [],
    )
    expect(types).toEqual([
      'step_start',
      'map_expanded',
      'step_start a',
      'step_start b',
      'step_end a',
      'step_end b',
      'step_end',
    ])
    expect(run.all('map_expanded')[0]?.items).toEqual([
      { key: 'a', value: 'a' },
      { key: 'b', value: 'b' },
    ])
  })

  it.each<[string, JsonValue, Partial<MapStepInput>, readonly string[]]>([
    ['a field of an output', { files: ['x', 'y'] }, { items: '$list.output.files' }, ['x', 'y']],
    ['an answer that is a list written as JSON', '["x", "y"]', {}, ['x', 'y']],
    ['CEL', { files: ['x', 'y'] }, { items: 'steps.list.data.files' }, ['x', 'y']],
    [
      'CEL that filters',
      ['x', 'yy', 'zz'],
      { items: 'steps.list.data.filter(name, size(name) == 2)' },
      ['yy', 'zz'],
    ],
    ['CEL that is a list itself', null, { items: '["x", "y"]' }, ['x', 'y']],
    ['params', null, { items: '$params.names' }, ['x', 'y']],
  ])('M1: items come from %s', async (_, value, policy, keys) => {
    const run = await play(over(policy), listing(value), { request: { params: { names: ['x', 'y'] } } })
    expect(run.all('map_expanded')[0]?.items.map(({ key }) => key)).toEqual(keys)
    expect(run.status).toBe('succeeded')
  })

  it.each<[string, JsonValue, Partial<MapStepInput>]>([
    ['a text', 'x, y', {}],
    ['an object', { x: 1 }, {}],
    ['a number, by CEL', { count: 2 }, { items: 'steps.list.data.count' }],
    ['JSON that is no list', '{"files": []}', {}],
    ['more than maxItems', ['x', 'y', 'z'], { maxItems: 2 }],
    ['more than 1,000', Array.from({ length: 1_001 }, (_, index) => `${index}`), {}],
  ])('M1: %s is map_items_invalid', async (_, value, policy) => {
    const run = await play(over(policy), listing(value))
    expect(codeOf(run)).toBe('map_items_invalid')
    expect(run.steps()).toMatchObject({ after: 'skipped: needs_failed' })
    expect(run.all('map_expanded')).toEqual([])
  })

  it('M1: items that are not there fail the map, or with ? are none', async () => {
    const missing = await play(over({ items: '$list.output.files' }), listing({ other: 1 }))
    expect(codeOf(missing)).toBe('reference_unresolved')
    const optional = await play(over({ items: '$list.output.files?' }), listing({ other: 1 }))
    expect(outputOf(optional)).toEqual([])
  })

  it('M1: no items give an empty list, and the flow goes on', async () => {
    const run = await play(over(), listing([]))
    expect(outputOf(run)).toEqual([])
    expect(run.steps()).toEqual({ list: 'succeeded', each: 'succeeded', after: 'succeeded' })
  })
})

describe('keys', () => {
  it('M1: without itemKey an item is named by its digest', async () => {
    const flow = main(step('list', { needs: [] }), {
      id: 'each',
      kind: 'map',
      needs: ['list'],
      items: '$list.output',
      step: itemStep,
    })
    const keys = async (value: JsonValue) =>
      (await play(flow, listing(value))).all('map_expanded')[0]?.items.map(({ key }) => key) ?? []
    const [first, second] = await keys([{ id: 1, name: 'x' }, { id: 2 }])
    expect(first).toMatch(/^[0-9a-f]{16}$/)
    expect(await keys([{ id: 2 }, { name: 'x', id: 1 }])).toEqual([second, first])
  })

  it.each([
    ['$item.path', ['src', 'docs']],
    ['$index', ['0', '1']],
    ['item.path + "-" + string(item.size)', ['src-2', 'docs-1']],
    ['index + 1', ['1', '2']],
  ])('M1: itemKey %s', async (itemKey, keys) => {
    const items = [
      { path: 'src', size: 2 },
      { path: 'docs', size: 1 },
    ]
    const run = await play(over({ itemKey }), listing(items))
    expect(run.all('map_expanded')[0]?.items.map(({ key }) => key)).toEqual(keys)
  })

  it('M1: two items of one key are refused, rather than one of them lost', async () => {
    const twice = await play(over(), listing(['a', 'b', 'a']))
    expect([codeOf(twice), twice.completed.error?.message]).toEqual([
      'map_items_invalid',
      expect.stringContaining('item 2 has the key "a", which item 0 has already'),
    ])
    const empty = await play(over({ itemKey: '$item.id' }), listing([{ id: '' }]))
    expect([codeOf(empty), empty.completed.error?.message]).toEqual([
      'map_items_invalid',
      expect.stringContaining('item 0 has the key "", which is empty'),
    ])
  })

  it('V3: an item has its own address and idempotency key', async () => {
    const run = await play(over(), listing(['src']))
    const start = run.all('step_start').find(({ item }) => item === 'src')
    expect(start).toMatchObject({
      stepId: 'each',
      idempotencyKey: expect.stringContaining('/main#1/each[src]#1@'),
    })
  })
})

describe('execution', () => {
  it('M1: all items start at once, or as many as concurrency allows', async () => {
    const free = await begin(over())
    await free.end('list', { value: ['a', 'b', 'c'] })
    expect(free.running).toEqual(['each[a]', 'each[b]', 'each[c]'])

    const two = await begin(over({ concurrency: 2 }))
    await two.end('list', { value: ['a', 'b', 'c', 'd'] })
    expect(two.running).toEqual(['each[a]', 'each[b]'])
    await two.end('each[b]')
    expect(two.running).toEqual(['each[a]', 'each[c]'])
    await two.end('each[a]', { fail: 'broken' })
    expect(two.running).toEqual(['each[c]', 'each[d]'])
  })

  it('M1: the output keeps the order of the items, whatever the order of their ends', async () => {
    const run = await begin(over())
    await run.end('list', { value: ['a', 'b', 'c'] })
    for (const key of ['c', 'a', 'b']) await run.end(`each[${key}]`, { value: key.toUpperCase() })
    expect(outputOf(run)).toEqual(['A', 'B', 'C'])
  })

  it('M1: $item and $index are those of the item', async () => {
    const flow = over(
      {},
      { kind: 'function', run: ({ value, itemIndex }) => ({ value: value ?? null, index: itemIndex ?? -1 }) },
    )
    const run = await play(flow, listing(['a', 'b']))
    expect(outputOf(run)).toEqual([
      { value: 'a', index: 0 },
      { value: 'b', index: 1 },
    ])
  })

  it('M1: an item that may be tried again is, without holding the others up', async () => {
    const run = await begin(over({ concurrency: 1 }))
    await run.end('list', { value: ['a', 'b'] })
    await run.end('each[a]', { fail: 'busy', retryable: true })
    await run.advance(60_000)
    await run.finish()
    expect(run.starts).toEqual(['list#1', 'each#1', 'each[a]#1', 'each[a]#1.2', 'each[b]#1', 'after#1'])
    expect(run.status).toBe('succeeded')
  })

  it('M1: in a loop a map has new items in each iteration', async () => {
    const flow = main(
      step('list'),
      { id: 'each', kind: 'map', items: '$list.output', itemKey: '$item', step: itemStep },
      step('judge', { routing: { kind: 'microloop', loopTarget: 'list' } }),
    )
    const run = await play(flow, {
      list: [{ value: ['a', 'b'] }, { value: ['b'] }],
      judge: [{}, { verdict: 'VERIFIED' }],
    })
    expect(run.starts.filter((start) => start.startsWith('each['))).toEqual([
      'each[a]#1',
      'each[b]#1',
      'each[b]#2',
    ])
    expect(run.completed.census.items).toEqual({ succeeded: 1, failed: 0, skipped: 0 })
  })

  it('M1: a map runs a flow for each item, and gives what each of them gave', async () => {
    const child: FlowInput = { key: 'child', steps: [step('look'), step('tell')] }
    const run = await begin(over({}, { kind: 'flow', flow: 'child', params: { area: '$item' } }), {
      flows: [child],
    })
    await run.end('list', { value: ['src', 'docs'] })
    const starts = run.all('flow_start').slice(1)
    expect(starts.map(({ frame, params, parent }) => ({ frame, params, item: parent?.item }))).toEqual([
      { frame: 'child#1', params: { area: 'src' }, item: 'src' },
      { frame: 'child#2', params: { area: 'docs' }, item: 'docs' },
    ])
    await run.finish()
    expect(outputOf(run)).toEqual(['child#1/tell#1', 'child#2/tell#1'])
  })
})
