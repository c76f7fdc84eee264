import { allOf, firstOf } from '@batonjs/testkit'
import { describe, expect, it } from 'vitest'
import type { StepEngine } from '../../engine/engine.ts'
import { SwarmError } from '../../errors/swarm-error.ts'
import { defineFlow } from '../../flow/define-flow.ts'
import { digestText } from '../../flow/digest.ts'
import type { StepInput } from '../../flow/flow.ts'
import { createOrchestrator } from '../create-orchestrator.ts'
import type { OrchestratorOptions, RequestHandler, RunRequest } from '../options.ts'
import { approve, beginAsking, gate } from '../people.fixture.ts'
import { createProcess, journalOf, readUntil } from '../process.fixture.ts'

const SECRET = 'sk-live-0123456789'
const CARD = '4929123456781234'
const secrets = [SECRET, CARD]
const said = `take ${SECRET}`
const steps: readonly StepInput[] = [{ id: 'work', prompt: 'Work' }]

/** What is thrown, which does not show the secret. */
async function refusalOf(act: () => unknown): Promise<SwarmError> {
  try {
    await act()
  } catch (thrown) {
    if (!SwarmError.is(thrown)) throw thrown
    expect(JSON.stringify([thrown.message, thrown.details])).not.toContain(SECRET.slice(0, 10))
    return thrown
  }
  throw new Error('It was expected to be refused')
}

describe('a host that says a secret (fault 39)', () => {
  it.each<[string, RunRequest]>([
    ['request.params.deep[1].key', { params: { deep: [1, { key: said }] } }],
    ['request.params.take [secret]', { params: { [said]: 1 } }],
    ['request.params.card', { params: { card: Number(CARD) } }],
    ['request.initiator', { initiator: said }],
    ['request.runId', { runId: SECRET }],
    ['request.flow', { flow: SECRET }],
    ['request.model', { model: encodeURIComponent(said) }],
    ['request.onRequset', { onRequset: SECRET } as RunRequest], // As JavaScript may.
  ])(
    'fault 39: is refused at %s before anything is written, and before anything else is looked at',
    async (place, request) => {
      const { orchestrator, storage } = createProcess(steps, { secrets })
      for (const door of ['execute', 'start'] as const) {
        const { code, message, details } = await refusalOf(() => orchestrator[door](request))
        expect(code).toBe('secret_refused')
        expect(message).toMatch(`${door}: ${place} holds a value that is declared secret`)
        expect(details).toEqual([{ path: place, message }])
      }
      expect((await refusalOf(() => orchestrator.executeStream(request).next())).code).toBe('secret_refused')
      expect((await storage.listRuns({})).runs).toEqual([])
    },
  )

  it.each<[string, Partial<OrchestratorOptions>]>([
    ['options.owner', { owner: said }],
    [
      'options.flows[0].steps[0].prompt',
      { flows: [defineFlow({ key: 'main', steps: [{ id: 'a', prompt: said }] })] },
    ],
    ['options.flows[0].title', { flows: [defineFlow({ key: 'main', title: said, steps })] }],
  ])('fault 39: is refused at %s when the orchestrator is made', async (place, options) => {
    const { code, message } = await refusalOf(() => createOrchestrator({ ...options, secrets }))
    expect([code, message]).toEqual(['secret_refused', expect.stringContaining(`: ${place} holds`)])
  })

  it('fault 39: is refused for a secret that an engine has learnt since, also on resume', async () => {
    const keys: string[] = []
    const engine: StepEngine = {
      specVersion: 1,
      id: 'late',
      secrets: keys,
      async *runStep() {
        yield { type: 'token_chunk', text: 'hm' }
        return { status: 'failed', output: '', error: { code: 'no', message: 'no', retryable: false } }
      },
    }
    const flow = defineFlow({ key: 'main', steps: [{ id: 'a', prompt: said }] })
    const orchestrator = createOrchestrator({ flows: [flow], engines: [engine] })
    const { runId } = await orchestrator.execute()
    keys.push(SECRET)
    expect((await refusalOf(() => orchestrator.execute())).code).toBe('secret_refused')
    expect((await refusalOf(() => orchestrator.resume(runId, { retryFailed: true }))).code).toBe(
      'secret_refused',
    )
  })

  it('fault 39: goes on when it has mended what was refused', async () => {
    const { orchestrator } = createProcess(steps, { secrets })
    await refusalOf(() => orchestrator.execute({ initiator: said }))
    expect(await orchestrator.execute({ initiator: 'ada' })).toMatchObject({ status: 'succeeded' })
  })

  it.each<[string, unknown]>([
    ['a text', SECRET],
    ['one that is too short', ['sk-live']],
    ['one that is short but for the space around it', [' sk-live  ']],
    ['one that is no text', [SECRET, 7]],
  ])('fault 39: declares no secrets with %s, which is not shown', async (_, declared) => {
    // Whatever a host may write in JavaScript.
    const options = { secrets: declared } as OrchestratorOptions
    const { code, message } = await refusalOf(() => createOrchestrator(options))
    expect(code).toBe('options_invalid')
    expect(message).toBe(
      'createOrchestrator: options.secrets must be a list of texts, each of at least 8 characters without the space around it; what is there is not shown.',
    )
    expect(message).not.toContain('sk-')
  })

  it('fault 39: is told that an engine’s secrets are none, and they are not shown', async () => {
    // As above.
    const engine = {
      specVersion: 1,
      id: 'keyed',
      secrets: SECRET,
      runStep: () => {},
    } as unknown as StepEngine
    const { message } = await refusalOf(() => createOrchestrator({ engines: [engine] }))
    expect(message).toBe(
      'createOrchestrator: options.engines[0].secrets must be a list of texts; what is there is not shown.',
    )
  })
})

describe('somebody who answers with a secret (fault 39)', () => {
  it.each<[string, (asking: Awaited<ReturnType<typeof beginAsking>>) => Promise<unknown>]>([
    [
      'run.respond: answer.comment',
      ({ run, requestId }) => run.respond(requestId, { approved: true, comment: said }),
    ],
    ['run.respond: options.by', ({ run, requestId }) => run.respond(requestId, approve, { by: said })],
    ['run.respond: requestId', ({ run }) => run.respond(said, approve)],
    ['run.pause: options.by', ({ run }) => run.pause({ by: said })],
    ['run.stop: options.reason', ({ run }) => run.stop({ reason: said })],
  ])('fault 39: is refused at %s, and nothing is recorded', async (place, say) => {
    const asking = await beginAsking(gate(), { secrets })
    const before = await asking.journal()
    const { code, message } = await refusalOf(() => say(asking))
    expect([code, message]).toEqual(['secret_refused', expect.stringContaining(`${place} holds`)])
    expect(await asking.journal()).toEqual(before)
    await asking.run.cancel()
  })

  it.each<[string, object]>([
    ['answer', { answer: { approved: true, comment: said } }],
    ['name', { answer: approve, by: said }],
    ['request', { answer: approve, requestId: said }],
  ])('H1: by its %s from a process that knows of no secret, has not answered', async (_, given) => {
    const { run, requestId, storage, journal } = await beginAsking(gate(), { secrets })
    const input = { kind: 'answer', inputId: 'in-1', submittedAt: 0, requestId, by: 'ada' } as const
    // Whatever another process may send.
    await storage.submit('run-1', { ...input, ...given } as Parameters<typeof storage.submit>[1])
    expect(await run.respond(requestId, approve)).toMatchObject({ accepted: true })
    const events = await journal()
    expect(firstOf(events, 'answer_rejected')).toMatchObject({ reason: 'invalid', inputId: 'in-1' })
    expect(firstOf(events, 'answer_rejected').message).toContain('Give it to the engine by its environment')
    expect(JSON.stringify(events)).not.toContain(SECRET)
  })

  it('J2: and names the input by it, is heard once, also over a resume', async () => {
    const { run, storage, clock, journal } = await beginAsking(gate(), { secrets })
    const pause = { kind: 'control', inputId: said, submittedAt: 0, control: 'pause', by: 'ada' } as const
    await storage.submit('run-1', pause)
    await readUntil(run, ({ type }) => type === 'run_paused')
    await run.continue()
    await clock.drive(run.stop())
    const second = createProcess(gate(), { storage, clock, secrets }).orchestrator
    expect(await second.resume('run-1', { onRequest: () => ({ answer: approve }) })).toMatchObject({
      status: 'succeeded',
    })
    expect(allOf(await journal(), 'run_pausing')).toMatchObject([{ inputId: 'take [secret]' }])
    expect(JSON.stringify(await journal())).not.toContain(SECRET)
  })

  it('S2: a stop from a process that knows of no secret stops, and its reason is recorded without it', async () => {
    const { run, storage, clock } = await beginAsking(gate(), { secrets })
    const other = createProcess(gate(), { storage, clock }).orchestrator.open('run-1')
    await clock.drive(other.stop({ by: said, reason: said }))
    expect(await run.result).toMatchObject({ status: 'stopped' })
    expect(firstOf(await journalOf(storage, 'run-1'), 'run_stopped')).toMatchObject({
      by: 'take [secret]',
      reason: 'take [secret]',
    })
  })
})

describe('a host whose own code says a secret (fault 39)', () => {
  it('fault 39: what onRequest throws or gives is told without it, and answers nothing', async () => {
    const flow = gate()
    const throwing = createProcess(flow, { secrets })
    const thrower = () => Promise.reject(new Error(said))
    expect(await throwing.orchestrator.execute({ runId: 'run-1', onRequest: thrower })).toMatchObject({
      status: 'waiting',
    })
    expect(firstOf(await journalOf(throwing.storage, 'run-1'), 'diagnostic')).toMatchObject({
      code: 'on_request_failed',
      message: expect.stringMatching(/take \[secret\]$/),
    })
    const giving = createProcess(flow, { secrets })
    const giver = () => ({ answer: { approved: true, comment: said } })
    expect(await giving.orchestrator.execute({ runId: 'run-1', onRequest: giver })).toMatchObject({
      status: 'waiting',
    })
    expect(firstOf(await journalOf(giving.storage, 'run-1'), 'answer_rejected').reason).toBe('invalid')
  })

  it('fault 39: what a watcher throws, and an engine that is released, is told without it', async () => {
    const { orchestrator, storage } = createProcess(steps, {
      secrets,
      engines: [
        {
          specVersion: 1,
          id: 'held',
          async *runStep() {
            yield { type: 'token_chunk', text: 'hm' }
            return { status: 'succeeded', output: 'ok' }
          },
          dispose: () => Promise.reject(new Error(said)),
        },
      ],
    })
    orchestrator.on('step_start', () => {
      throw new Error(said)
    })
    await orchestrator.execute({ runId: 'run-1' })
    const told = allOf(await journalOf(storage, 'run-1'), 'diagnostic')
    expect(told).toMatchObject([{ code: 'watcher_threw', message: expect.stringContaining('take [secret]') }])
    const { code, message } = await refusalOf(() => orchestrator.dispose())
    expect([code, message]).toEqual(['dispose_failed', 'Not released: engine "held": take [secret]'])
  })
})

describe('an action with a secret in it (fault 39)', () => {
  it('H4: is shown without it, done with it, and found again after a crash', async () => {
    const done: unknown[] = []
    const engine: StepEngine = {
      specVersion: 1,
      id: 'doer',
      async *runStep({ approve: ask }) {
        const input = { command: `deploy --key ${SECRET}` }
        const { requestId } = await ask({ name: 'shell', input })
        yield { type: 'tool_start', toolCallId: 'a', tool: 'shell', input, requestId }
        done.push(input)
        yield { type: 'tool_end', toolCallId: 'a', tool: 'shell', success: true, output: said }
        return { status: 'succeeded', output: said }
      },
    }
    const first = createProcess(steps, { secrets, engines: [engine] })
    expect(await first.orchestrator.execute({ runId: 'run-1' })).toMatchObject({ status: 'waiting' })
    const { storage, clock } = first
    const second = createProcess(steps, { secrets, engines: [engine], storage, clock })
    const shown: unknown[] = []
    const onRequest: RequestHandler = ({ content }) => {
      shown.push(content.type === 'proposed_action' ? content.action : content)
      return { answer: approve }
    }
    const result = await second.orchestrator.resume('run-1', { onRequest })
    expect(result).toMatchObject({ status: 'succeeded', output: 'take [secret]' })
    expect(shown).toEqual([{ name: 'shell', input: { command: 'deploy --key [secret]' } }])
    expect(done).toEqual([{ command: `deploy --key ${SECRET}` }])
    const events = await journalOf(storage, 'run-1')
    expect(allOf(events, 'proposed_action')).toHaveLength(1)
    expect(firstOf(events, 'tool_start').requestId).toBe(firstOf(events, 'proposed_action').requestId)
    expect(firstOf(events, 'step_end').output.digest).toBe(digestText('take [secret]'))
  })
})

describe('a session that holds a secret (fault 39)', () => {
  it('S5: is not kept, nor is an older one; the next attempt begins without, and that is told once', async () => {
    const given: unknown[] = []
    const engine: StepEngine = {
      specVersion: 1,
      id: 'teller',
      async *runStep({ attempt, session }) {
        given.push(session)
        if (attempt > 1) return { status: 'succeeded', output: 'ok' }
        yield { type: 'session', session: { id: 'old' } }
        yield { type: 'session', session: { id: 'new', token: SECRET } }
        yield { type: 'session', session: { id: 'new', token: SECRET } }
        return { status: 'failed', output: '', error: { code: 'busy', message: 'Busy', retryable: true } }
      },
    }
    const { orchestrator, clock, storage } = createProcess(steps, { secrets, engines: [engine] })
    await clock.drive(orchestrator.execute({ runId: 'run-1' }))
    expect(given).toEqual([undefined, undefined])
    const events = await journalOf(storage, 'run-1')
    expect(allOf(events, 'step_session').map(({ session }) => session)).toEqual([
      { id: 'old' },
      undefined,
      undefined,
    ])
    expect(allOf(events, 'diagnostic').map(({ code }) => code)).toEqual([
      'secret_in_session',
      'secret_in_session',
    ])
    expect(allOf(events, 'diagnostic')[1]?.message).toContain('1 more of this kind')
  })
})
