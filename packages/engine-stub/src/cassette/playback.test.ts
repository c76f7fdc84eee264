import { collect, createHandClock, createStepContext, type TestStepContextOptions } from '@batonjs/testkit'
import { describe, expect, it } from 'vitest'
import type { StubReply } from '../script.ts'
import { createStubEngine } from '../stub-engine.ts'
import { call, recorded, temporaryFolder } from './cassette.fixture.ts'
import { recordEngine } from './record-engine.ts'
import { createReplayEngine } from './replay-engine.ts'

const busy: StubReply = {
  acts: [
    { type: 'session', session: { id: 's1' } },
    { kind: 'propose', action: { name: 'write', input: { path: '/work/here/a.ts' } }, output: 'done' },
    { kind: 'ask', questions: [{ id: 'sure', text: 'Sure?' }] },
    { kind: 'facts', facts: [{ key: 'language', value: 'TypeScript' }] },
    { kind: 'artifact', path: 'report.md', content: '# Report' },
    { kind: 'record', event: { type: 'custom', name: 'note', data: 1 } },
  ],
  text: 'They say yes in /work/here',
  stream: { size: 100 },
}

describe('a recorded call', () => {
  it('does again what the recorded call did: yields, asks, leaves in the run, returns', async () => {
    const given = { workspace: '/work/here' }
    const folder = await recorded(busy, [given])
    const real = await call(
      createStubEngine(() => busy),
      given,
    )
    const played = await call(createReplayEngine(folder), given)
    expect(played).toEqual(real)
    expect(played.recorded.approvals).toHaveLength(1)
    expect(played.recorded.artifacts.get('report.md')).toBe('# Report')
  })

  it('puts in what is another in this run: the workspace and the ids of requests', async () => {
    const folder = await recorded(busy, [{ workspace: '/work/here', prompt: 'Look at /work/here' }])
    const engine = createReplayEngine(folder)
    const context = createStepContext({ workspace: '/else', prompt: 'Look at /else', runId: 'run-other' })
    const answer = { requestId: 'other-7', approved: true, by: 'me' }
    const events = await collect(engine.runStep({ ...context, approve: async () => answer }))
    expect(events.find(({ type }) => type === 'tool_start')).toMatchObject({
      requestId: 'other-7',
      input: { path: '/else/a.ts' },
    })
    expect(events.at(-1)).toMatchObject({ content: 'They say yes in /else' })
  })

  it.each<[string, TestStepContextOptions, string]>([
    ['an approval', { decide: () => false }, '- {"approved":true}\n+ {"approved":false}'],
    ['a question', { reply: () => ({ sure: 'no' }) }, '- {"sure":"answer"}\n+ {"sure":"no"}'],
    ['a request that nobody answers', { decide: () => Promise.reject(new Error('x')) }, '+ engine_error'],
  ])('law 6: fails when people answer %s otherwise', async (_, otherwise, message) => {
    const folder = await recorded(busy)
    const played = call(createReplayEngine(folder), otherwise)
    await expect(played).rejects.toMatchObject({ code: 'cassette_mismatch' })
    await expect(played).rejects.toThrow(message)
  })

  it('plays a rejection, and a request that had no answer, when they come again', async () => {
    const refuse = { decide: () => false }
    const fail = { decide: () => Promise.reject(new Error('nobody')) }
    for (const context of [refuse, fail]) {
      const folder = await recorded(busy, [context])
      const [real, played] = await Promise.all(
        [createStubEngine(() => busy), createReplayEngine(folder)].map((engine) =>
          call(engine, context).catch((thrown: Error) => thrown.message),
        ),
      )
      expect(played).toEqual(real)
    }
  })

  it('throws again what was thrown', async () => {
    const thrown = Object.assign(new Error('Busy'), { code: 'overloaded', retryable: true, retryAfterMs: 5 })
    const folder = await recorded({ ending: { kind: 'throw', value: thrown } })
    await expect(call(createReplayEngine(folder))).rejects.toMatchObject({
      message: 'Busy',
      code: 'overloaded',
      retryable: true,
      retryAfterMs: 5,
    })
  })

  it('lets the time pass that passed when it is told to, on its clock', async () => {
    const clock = createHandClock()
    const reply: StubReply = { text: 'abcd', stream: { size: 2, everyMs: 700 } }
    const folder = temporaryFolder()
    await clock.drive(
      call(
        recordEngine(
          createStubEngine(() => reply, { clock }),
          folder,
          { clock },
        ),
      ),
    )
    const played = createHandClock()
    await played.drive(call(createReplayEngine(folder, { pace: 'recorded', clock: played })))
    expect(played.monotonic()).toBe(1_400)
    const atOnce = createHandClock()
    await call(createReplayEngine(folder, { clock: atOnce }))
    expect(atOnce.monotonic()).toBe(0)
  })
})

describe('a call that was cut off', () => {
  const hanging: StubReply = { acts: [{ type: 'token_chunk', text: 'Hi' }], ending: { kind: 'hang' } }

  async function recordedAbort(): Promise<string> {
    const folder = temporaryFolder()
    const controller = new AbortController()
    const engine = recordEngine(
      createStubEngine(() => hanging),
      folder,
    )
    const generator = engine.runStep(createStepContext({ signal: controller.signal }))
    await generator.next()
    const end = generator.next()
    controller.abort(new Error('stopped'))
    await end
    return folder
  }

  it('waits for what cuts it off again', async () => {
    const folder = await recordedAbort()
    const controller = new AbortController()
    const generator = createReplayEngine(folder).runStep(createStepContext({ signal: controller.signal }))
    expect((await generator.next()).value).toEqual({ type: 'token_chunk', text: 'Hi' })
    const end = generator.next()
    controller.abort(new Error('stopped again'))
    await expect(end).rejects.toThrow('stopped again')
  })

  it('law 6: does not wait for ever', async () => {
    const folder = await recordedAbort()
    const clock = createHandClock()
    const played = clock.drive(call(createReplayEngine(folder, { clock })))
    await expect(played).rejects.toMatchObject({ code: 'cassette_mismatch' })
    expect(clock.monotonic()).toBeGreaterThanOrEqual(5_000)
  })
})
