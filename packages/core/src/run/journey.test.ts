import { describe, expect, it } from 'vitest'
import type { FlowInput } from '../flow/flow.ts'
import type { RunRequest } from '../orchestrator/options.ts'
import { type Script, step } from './hand-call.fixture.ts'
import { begin, type HandRun, play } from './hand-run.fixture.ts'

interface Next {
  readonly complete?: string
  readonly failure?: string
}

/** A flow of one step that has the flow's name. */
const flow = (key: string, { complete, failure }: Next = {}): FlowInput => ({
  key,
  steps: [step(key)],
  ...(complete === undefined ? {} : { onComplete: { nextFlow: complete, reason: `after ${key}` } }),
  ...(failure === undefined ? {} : { onFailure: { nextFlow: failure } }),
})

async function travel(
  flows: readonly FlowInput[],
  request: RunRequest,
  script: Script = {},
): Promise<HandRun> {
  const [first, ...others] = flows
  if (first === undefined) throw new Error('There is no flow')
  return await play(first, script, { flows: others, request })
}

const visitsOf = (run: HandRun): readonly string[] => run.all('flow_start').map(({ frame }) => frame)
const routesOf = (run: HandRun): readonly string[] =>
  run.all('macro_route').map(({ fromFlow, toFlow, reason }) => `${fromFlow} → ${toFlow}: ${reason}`)

const plan = flow('plan', { complete: 'build' })
const build = flow('build', { complete: 'ship', failure: 'plan' })
const ship = flow('ship')
const all = [plan, build, ship]

describe('lists', () => {
  it('V2: one flow is visited, and what would come next is told', async () => {
    const run = await travel(all, { flow: 'plan' })
    expect(visitsOf(run)).toEqual(['plan#1'])
    expect(run.completed).toMatchObject({ status: 'succeeded', nextFlow: 'build', flowTransitionHistory: [] })
  })

  it('V2: nothing comes next after a flow that names nothing', async () => {
    expect((await travel(all, { flow: 'ship' })).completed).not.toHaveProperty('nextFlow')
  })

  it('V2: a list is run in its order, whatever the flows name, and each transition is recorded', async () => {
    const run = await travel(all, { flows: ['ship', 'plan', 'build'] })
    expect(visitsOf(run)).toEqual(['ship#1', 'plan#1', 'build#1'])
    expect(run.all('macro_route')).toMatchObject([
      {
        fromFlow: 'ship',
        toFlow: 'plan',
        reason: 'list',
        flowSucceeded: true,
        outcome: 'succeeded',
        loopCount: 0,
        position: 1,
      },
      { fromFlow: 'plan', toFlow: 'build', reason: 'list', position: 2 },
    ])
    expect(run.completed.nextFlow).toBe('ship')
    expect(run.completed.flowTransitionHistory).toEqual([
      { fromFlow: 'ship', toFlow: 'plan', reason: 'list', outcome: 'succeeded' },
      { fromFlow: 'plan', toFlow: 'build', reason: 'list', outcome: 'succeeded' },
    ])
    expect(run.all('flow_start').map(({ index }) => index)).toEqual([1, 2, 3])
  })

  it('V2: a flow may stand in a list twice', async () => {
    const run = await travel(all, { flows: ['plan', 'ship', 'plan'] })
    expect(visitsOf(run)).toEqual(['plan#1', 'ship#1', 'plan#2'])
    expect(run.all('macro_route').at(-1)).toMatchObject({ toFlow: 'plan', loopCount: 1 })
  })

  it('V2: a failed flow without a way on ends the run as failed', async () => {
    const run = await travel(all, { flows: ['ship', 'plan'] }, { ship: { fail: 'broken' } })
    expect(visitsOf(run)).toEqual(['ship#1'])
    expect(run.completed).toMatchObject({ status: 'failed', error: { code: 'broken' } })
  })

  it('V2: onFailure is taken when that flow is in the list, which goes on after it', async () => {
    const run = await begin(plan, { flows: [build, ship], request: { flows: ['plan', 'build', 'ship'] } })
    await run.end('plan')
    await run.end('build', { fail: 'broken' })
    await run.finish()
    expect(routesOf(run)).toEqual([
      'plan → build: list',
      'build → plan: on_failure',
      'plan → build: list',
      'build → ship: list',
    ])
    expect(run.all('macro_route')[1]).toMatchObject({
      flowSucceeded: false,
      outcome: 'failed',
      loopCount: 1,
      position: 0,
    })
    expect(run.status).toBe('succeeded')
  })

  it('V2: onFailure is not taken when it is elsewhere, but told as what would come', async () => {
    const run = await travel(all, { flows: ['build', 'ship'] }, { build: { fail: 'broken' } })
    expect(visitsOf(run)).toEqual(['build#1'])
    expect(run.completed).toMatchObject({ status: 'failed', nextFlow: 'plan' })
  })

  it('V2: a failure that was mended by a later visit of another flow leaves the run partial', async () => {
    const flows = [flow('try', { failure: 'repair' }), flow('repair')]
    const run = await travel(flows, { flows: ['try', 'repair'] }, { try: { fail: 'broken' } })
    expect(visitsOf(run)).toEqual(['try#1', 'repair#1'])
    expect(run.status).toBe('partial')
  })

  it('V2: a human who stops a flow stops the run: no failure route is taken', async () => {
    const gate: FlowInput = {
      key: 'gate',
      steps: [{ id: 'go', kind: 'approval', prompt: 'Go?', onReject: 'stop' }],
      onFailure: { nextFlow: 'plan' },
    }
    const run = await begin(gate, { flows: [plan, build], request: { flows: ['gate', 'plan'] } })
    await run.answer('go', { approved: false })
    expect(visitsOf(run)).toEqual(['gate#1'])
    expect(run.completed).toMatchObject({ status: 'failed', error: { code: 'approval_rejected' } })
  })
})

describe('macro routing', () => {
  const follow = 'macro'

  it('V2: onComplete is followed beyond the list', async () => {
    const run = await travel(all, { flow: 'plan', follow })
    expect(routesOf(run)).toEqual(['plan → build: after plan', 'build → ship: after build'])
    expect(run.completed).toMatchObject({ status: 'succeeded' })
    expect(run.completed).not.toHaveProperty('nextFlow')
  })

  it('V2: the list comes first', async () => {
    const run = await travel(all, { flows: ['plan', 'ship', 'build'], follow })
    expect(visitsOf(run)).toEqual(['plan#1', 'ship#1', 'build#1', 'ship#2'])
  })

  it('V2: onFailure is followed, and the list goes on after the flow that failed', async () => {
    const flows = [flow('try', { failure: 'repair' }), flow('repair'), flow('last')]
    const run = await travel(flows, { flows: ['try', 'last'], follow }, { try: { fail: 'broken' } })
    expect(routesOf(run)).toEqual(['try → repair: on_failure', 'repair → last: list'])
    expect(run.status).toBe('partial')
  })

  it('V2: a target that is not registered ends the run where it is', async () => {
    const run = await travel([flow('plan', { complete: 'build' })], { flow: 'plan', follow })
    expect(run.completed).toMatchObject({ status: 'succeeded', nextFlow: 'build' })
  })

  it('V2: one flow is visited at most 3 times', async () => {
    const run = await travel(all, { flow: 'build', follow }, { build: { fail: 'broken' } })
    expect(visitsOf(run)).toEqual(['build#1', 'plan#1', 'build#2', 'plan#2', 'build#3', 'plan#3'])
    expect(run.completed).toMatchObject({ status: 'failed', error: { code: 'flow_visits_exceeded' } })
  })

  it('V2: there are at most 20 visits, and a child flow counts for none', async () => {
    const ring = Array.from({ length: 25 }, (_, index) => flow(`f${index}`, { complete: `f${index + 1}` }))
    const run = await travel(ring, { flow: 'f0', follow })
    expect(run.all('flow_start')).toHaveLength(20)
    expect(run.completed.error).toMatchObject({ code: 'flow_visits_exceeded' })

    const caller: FlowInput = {
      key: 'caller',
      steps: ['a', 'b', 'c', 'd'].map((id) => ({ id, kind: 'flow', flow: 'ship' })),
    }
    expect((await travel([caller, ship], { flow: 'caller', follow })).status).toBe('succeeded')
  })

  it('V2: both bounds stand in the request', async () => {
    const circle = [flow('a', { complete: 'b' }), flow('b', { complete: 'a' })]
    const few = await travel(circle, { flow: 'a', follow, limits: { visitsPerFlow: 1 } })
    expect(visitsOf(few)).toEqual(['a#1', 'b#1'])
    const more = await travel(circle, { flow: 'a', follow, limits: { visitsPerFlow: 9, flowVisits: 5 } })
    expect(visitsOf(more)).toEqual(['a#1', 'b#1', 'a#2', 'b#2', 'a#3'])
  })

  it('V2: a partial flow has not failed: it goes on to what completes it', async () => {
    const soft: FlowInput = {
      ...flow('soft', { complete: 'ship', failure: 'plan' }),
      steps: [step('soft', { allowFailure: true })],
    }
    const run = await travel([soft, ...all], { flow: 'soft', follow }, { soft: { fail: 'broken' } })
    expect(run.all('macro_route')).toMatchObject([
      { toFlow: 'ship', outcome: 'partial', flowSucceeded: true },
    ])
    expect(run.status).toBe('partial')
  })
})
