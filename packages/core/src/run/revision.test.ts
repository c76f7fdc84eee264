import { describe, expect, it } from 'vitest'
import { defineFlow } from '../flow/define-flow.ts'
import type { FlowInput, FunctionStepInput } from '../flow/flow.ts'
import { main, step } from './hand-call.fixture.ts'
import { begin, type HandRun } from './hand-run.fixture.ts'
import { type ChooseEngine, planRevisions } from './revision.ts'

const noEngine: ChooseEngine = () => ({ id: undefined, model: undefined })

/** `reused` and `rearmed` of an edit, without the frame. */
function plan(
  run: HandRun,
  flow: FlowInput,
): { readonly reused: readonly string[]; readonly rearmed: readonly string[] } {
  const [revision] = planRevisions(run.state, [defineFlow(flow)], noEngine).flows
  const { reused = [], rearmed = [] } = revision ?? {}
  return {
    reused: reused.map((place) => place.replace('main#1/', '')),
    rearmed: rearmed.map(({ stepId, cause }) => `${stepId}: ${cause}`),
  }
}

const diamond = (
  policy: Partial<Record<'a' | 'b' | 'c' | 'd', Partial<FunctionStepInput>>> = {},
): FlowInput =>
  main(
    step('a', { needs: [], ...policy.a }),
    step('b', { needs: ['a'], ...policy.b }),
    step('c', { needs: ['a'], ...policy.c }),
    step('d', { needs: ['b', 'c'], ...policy.d }),
    step('end', { needs: ['d'] }),
  )
const edited = { version: '2' }

/** The diamond with everything done but the end. */
async function almostDone(): Promise<HandRun> {
  const run = await begin(diamond())
  for (const id of ['a', 'b', 'c', 'd']) await run.end(id)
  return run
}

describe('plans', () => {
  it('S6: a step whose key still matches is reused, what follows an edited one runs again', async () => {
    const run = await almostDone()
    expect(plan(run, diamond({ b: edited }))).toEqual({
      reused: ['a', 'c'],
      rearmed: ['b: definition changed', 'd: "b" runs again'],
    })
    expect(plan(run, diamond({ a: edited })).reused).toEqual([])
    expect(plan(run, diamond({ d: edited }))).toEqual({
      reused: ['a', 'b', 'c'],
      rearmed: ['d: definition changed'],
    })
  })

  it('S6: documentation is in no key', async () => {
    const run = await almostDone()
    const documented = diamond({
      a: { title: 'Another', description: 'Text', teaching: { note: 'why' } },
    })
    expect(plan(run, { ...documented, title: 'A flow', charter: { goal: 'g' } })).toEqual({
      reused: ['a', 'b', 'c', 'd'],
      rearmed: [],
    })
  })

  it('S6: what has not settled needs no plan: it runs as it is by then', async () => {
    const run = await begin(diamond())
    await run.end('a')
    expect(plan(run, diamond({ b: edited, d: edited }))).toEqual({ reused: ['a'], rearmed: [] })
  })

  it.each<[string, FlowInput, readonly string[]]>([
    [
      'a need more',
      main(
        step('a', { needs: [] }),
        step('b', { needs: ['a'] }),
        step('c', { needs: ['a', 'b'] }),
        step('d', { needs: ['b', 'c'] }),
        step('end', { needs: ['d'] }),
      ),
      ['c: definition changed', 'd: "c" runs again'],
    ],
    [
      'a step in between',
      main(
        step('a', { needs: [] }),
        step('b', { needs: ['a'] }),
        step('c', { needs: ['a'] }),
        step('new', { needs: ['c'] }),
        step('d', { needs: ['b', 'new'] }),
        step('end', { needs: ['d'] }),
      ),
      ['d: definition changed'],
    ],
    [
      'a step less',
      main(
        step('a', { needs: [] }),
        step('b', { needs: ['a'] }),
        step('d', { needs: ['b'] }),
        step('end', { needs: ['d'] }),
      ),
      ['d: definition changed'],
    ],
    [
      'another order of declaration',
      main(
        step('a', { needs: [] }),
        step('c', { needs: ['a'] }),
        step('b', { needs: ['a'] }),
        step('d', { needs: ['b', 'c'] }),
        step('end', { needs: ['d'] }),
      ),
      [],
    ],
  ])('S6: %s', async (_, flow, rearmed) => {
    expect(plan(await almostDone(), flow).rearmed).toEqual(rearmed)
  })

  it('S6: in a sequence a new step before a settled one makes it run again, though it is the same', async () => {
    const run = await begin(main(step('a'), step('b'), step('c')))
    await run.end('a')
    await run.end('b')
    expect(plan(run, main(step('a'), step('new'), step('b'), step('c')))).toEqual({
      reused: ['a'],
      rearmed: ['b: "new" runs again'],
    })
  })

  it('S6: a step that was skipped or failed is kept while what decided it is the same', async () => {
    const flow = (version: string): FlowInput =>
      main(
        step('a', { needs: [], version }),
        step('b', { needs: ['a'], when: 'false' }),
        step('bad', { needs: [], allowFailure: true }),
        step('c', { needs: ['bad'], triggerRule: 'all_done' }),
        step('last', { needs: ['c'] }),
      )
    const run = await begin(flow('1'))
    await run.end('a')
    await run.end('bad', { fail: 'broken' })
    await run.end('c')
    expect(plan(run, flow('2'))).toEqual({
      reused: ['bad', 'c'],
      rearmed: ['a: definition changed', 'b: "a" runs again'],
    })
  })

  it('S6: a race is kept whatever became of its losers since', async () => {
    const race = (version: string): FlowInput =>
      main(
        step('quick', { needs: [] }),
        step('slow', { needs: [] }),
        step('race', { needs: ['quick', 'slow'], triggerRule: 'one_success' }),
        step('last', { needs: ['race'], version }),
      )
    const run = await begin(race('1'))
    await run.end('quick')
    await run.end('race')
    expect(plan(run, race('2'))).toEqual({ reused: ['quick', 'race'], rearmed: [] })
    await run.end('slow')
    expect(plan(run, race('2'))).toEqual({ reused: ['quick', 'slow', 'race'], rearmed: [] })
  })

  it('S6: an engine or a model that is another makes agent steps run again', async () => {
    const run = await begin(main(step('a'), step('b')))
    await run.end('a')
    const { state } = run
    const [frame] = state.frames.values()
    const [a] = frame?.steps ?? []
    if (a === undefined) throw new Error('There is no step')
    // As the start of an agent step would have recorded it.
    a.engine = 'stub'
    expect(
      planRevisions(state, [defineFlow(main(step('a'), step('b', edited)))], noEngine).flows[0]?.rearmed,
    ).toEqual([])
    const other: ChooseEngine = () => ({ id: 'claude', model: 'opus' })
    expect(
      planRevisions(state, [defineFlow(main(step('a'), step('b', edited)))], other).flows[0]?.rearmed,
    ).toEqual([{ frame: 'main#1', stepId: 'a', cause: 'engine, model or edges changed' }])
  })
})
