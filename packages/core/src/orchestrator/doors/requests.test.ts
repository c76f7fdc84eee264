import { createStubEngine } from '@batonjs/engine-stub'
import { describe, expect, it } from 'vitest'
import { SwarmError } from '../../errors/swarm-error.ts'
import { defineFlow } from '../../flow/define-flow.ts'
import { createOrchestrator, type Orchestrator } from '../create-orchestrator.ts'

const steps = [{ id: 'a', prompt: 'A' }]
const engine = createStubEngine()
const orchestrator = createOrchestrator({
  flows: [defineFlow({ key: 'main', steps }), defineFlow({ key: 'other', steps })],
  engines: [engine],
})

/** Calls a door with whatever JavaScript may hand over. */
function call(door: keyof Orchestrator, ...given: readonly unknown[]): unknown {
  return Reflect.apply(orchestrator[door], orchestrator, given)
}

/** What a door throws, at once or later: its code and its message. */
async function refusalOf(door: keyof Orchestrator, ...given: readonly unknown[]): Promise<readonly string[]> {
  try {
    await call(door, ...given)
  } catch (thrown) {
    if (SwarmError.is(thrown)) return [thrown.code, thrown.message]
    throw thrown
  }
  throw new Error('It was not refused')
}

const aborted = 'but must be an AbortSignal, as controller.signal is.'

describe('a request', () => {
  it.each<[unknown, string]>([
    ['main', 'request is "main", but must be an object { flow?, flows?, follow?, params?, … }.'],
    [null, 'request is null, but must be an object { flow?, flows?, follow?, params?, … }.'],
    [{ flw: 'main' }, 'request.flw is unknown. Did you mean "flow"?'],
    [{ flow: ['main'] }, 'request.flow is a list, but must be a text that is not blank.'],
    [{ flows: 'main' }, 'request.flows is "main", but must be a list of at least 1.'],
    [{ flows: [] }, 'request.flows is [], but must be a list of at least 1.'],
    [{ flows: ['main', 5] }, 'request.flows[1] is 5, but must be a text that is not blank.'],
    [
      { flow: 'main', follow: 'marco' },
      'request.follow is "marco", but must be "list" or "macro". Did you mean "macro"?',
    ],
    [{ flow: 'main', params: 'x' }, 'request.params is "x", but must be an object of JSON.'],
    [{ flow: 'main', params: [1] }, 'request.params is a list, but must be an object of JSON.'],
    [{ flow: 'main', engine }, 'request.engine is an object, but must be a text that is not blank.'],
    [
      { flow: 'main', limits: { steps: 1 } },
      'request.limits.steps is unknown. Known are stepExecutions, durationMs, depth, flowVisits, visitsPerFlow.',
    ],
    [
      { flow: 'main', limits: { depth: 0 } },
      'request.limits.depth is 0, but must be a whole number of at least 1.',
    ],
    [
      { flow: 'main', signal: new AbortController() },
      `request.signal is an instance of AbortController, ${aborted}`,
    ],
    [{ flow: 'main', signal: new EventTarget() }, `request.signal is an instance of EventTarget, ${aborted}`],
    [{ flow: 'main', runId: 5 }, 'request.runId is 5, but must be a text that is not blank.'],
    [{ flow: 'main', onRequest: 'x' }, 'request.onRequest is "x", but must be a function.'],
  ])('law 6: is refused as %j, and leaves nothing behind', async (request, message) => {
    expect(await refusalOf('execute', request)).toEqual(['request_invalid', `execute: ${message}`])
    expect(await refusalOf('start', request)).toEqual(['request_invalid', `start: ${message}`])
    expect(engine.calls).toEqual([])
    expect(await orchestrator.runs()).toEqual({ runs: [] })
  })

  it.each<[object, string, string]>([
    [{ flow: 'main', flows: ['main'] }, 'request_invalid', 'A request names flow or flows, not both.'],
    [
      {},
      'request_invalid',
      'Several flows are configured (main, other): say in the request which one to run.',
    ],
    [{ flow: 'zz' }, 'unknown_flow', 'No flow "zz" is configured. Known are main, other.'],
    [{ flow: 'mian' }, 'unknown_flow', 'No flow "mian" is configured. Did you mean "main"?'],
    [{ flow: 'main', engine: 'nope' }, 'unknown_engine', 'No engine "nope" is configured. Known are stub.'],
    [
      { flow: 'main', startStep: 'zz' },
      'unknown_step',
      'startStep "zz" is no step of flow "main". Known are a.',
    ],
    [
      { flow: 'main', params: { since: new Date(0) } },
      'not_serializable',
      'What is recorded must survive JSON, but request.params.since is an instance of Date. Give plain objects, arrays, strings, finite numbers, booleans or null.',
    ],
  ])('law 6: names what is configured: %j', async (request, code, message) => {
    expect(await refusalOf('execute', request)).toEqual([code, message])
    expect(await orchestrator.runs()).toEqual({ runs: [] })
  })

  it('S1: of a stream is refused at the first event', async () => {
    const stream = orchestrator.executeStream({ runId: '' })
    await expect(stream.next()).rejects.toMatchObject({
      message: expect.stringMatching(/^executeStream: request.runId/),
    })
  })
})

describe('what else is asked', () => {
  const noId = 'runId is missing. It must be a text that is not blank.'
  const text = 'but must be a text that is not blank.'

  it.each<[keyof Orchestrator, readonly unknown[], string]>([
    ['resume', [], noId],
    [
      'resume',
      ['run-1', 5],
      'options is 5, but must be an object { flow?, retryFailed?, limits?, budget?, … }.',
    ],
    [
      'resume',
      ['run-1', { retryfailed: true }],
      'options.retryfailed is unknown. Did you mean "retryFailed"?',
    ],
    ['resume', ['run-1', { retryFailed: 'yes' }], 'options.retryFailed is "yes", but must be true or false.'],
    [
      'resume',
      ['run-1', { flow: 'curent' }],
      'options.flow is "curent", but must be "stored" or "current". Did you mean "current"?',
    ],
    [
      'resume',
      ['run-1', { limits: 3 }],
      'options.limits is 3, but must be an object { stepExecutions?, durationMs?, depth?, flowVisits?, … }.',
    ],
    ['planResume', ['run-1', { flow: 'main' }], 'options.flow is "main", but must be "stored" or "current".'],
    ['open', [], noId],
    ['remove', [{ runId: 'run-1' }], `runId is an object, ${text}`],
    ['runs', ['run-1'], 'query is "run-1", but must be an object { runId?, status?, limit?, after? }.'],
    ['runs', [{ stat: 'waiting' }], 'query.stat is unknown. Did you mean "status"?'],
    ['runs', [{ limit: 0 }], 'query.limit is 0, but must be a whole number of at least 1.'],
    [
      'runs',
      [{ status: ['failed', 'wating'] }],
      'query.status[1] is "wating", but must be "running", "waiting", "waiting_quota", "paused", "stopped", "interrupted", "succeeded", "partial", "failed" or "canceled". Did you mean "waiting"?',
    ],
    [
      'on',
      ['step_ended', () => {}],
      'type is "step_ended", but must be the type of a recorded event, such as "step_end", or "*". Did you mean "step_end"?',
    ],
    ['on', ['step_end'], 'watcher is missing. It must be a function.'],
  ])('law 6: %s is refused for %j', async (door, given, message) => {
    expect(await refusalOf(door, ...given)).toEqual(['request_invalid', `${door}: ${message}`])
  })

  it('law 6: runs are found by one status or by several', async () => {
    expect(await orchestrator.runs({ status: 'waiting', limit: 1 })).toEqual({ runs: [] })
    expect(await orchestrator.runs({ status: ['waiting', 'failed'] })).toEqual({ runs: [] })
  })
})
