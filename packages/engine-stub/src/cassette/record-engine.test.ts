import { existsSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { EngineEvent, StepEngine } from '@batonjs/core'
import { createHandClock, createStepContext, testEngine } from '@batonjs/testkit'
import { afterAll, describe, expect, it } from 'vitest'
import { createStubEngine } from '../stub-engine.ts'
import { call, filesIn, linesIn, temporaryFolder } from './cassette.fixture.ts'
import { recordEngine } from './record-engine.ts'

/** An engine that says and does one thing after the other. */
function createEngine(runStep: StepEngine['runStep'], secrets: readonly string[] = []): StepEngine {
  return { specVersion: 1, id: 'scripted', secrets, runStep }
}

const silent = createEngine(async function* () {
  yield { type: 'token_chunk', text: 'Hi' }
  return { status: 'succeeded', output: 'Hi' }
})

describe('recordEngine', () => {
  it('keeps a call as a file of lines: what was asked, what happened, how it ended', async () => {
    const folder = temporaryFolder()
    const clock = createHandClock()
    const script = {
      steps: {
        greet: { acts: [{ kind: 'wait', ms: 30 } as const], text: 'Hello', costUsd: 0.01, usage: {} },
      },
    }
    const engine = recordEngine(createStubEngine(script, { clock }), folder, { clock })
    await clock.drive(call(engine, { prompt: 'Say\nhello.', model: 'm1', item: 'src' }))
    expect(Object.keys(filesIn(folder))).toEqual(['test#1/greet[src]#1.1.jsonl'])
    expect(linesIn(folder)).toEqual([
      {
        kind: 'call',
        cassette: 1,
        address: 'test#1/greet[src]#1.1',
        engine: 'stub',
        mode: 'stub',
        provider: 'stub',
        model: 'm1',
        key: expect.stringMatching(/^[0-9a-f]{64}$/),
      },
      { kind: 'prompt', text: 'Say' },
      { kind: 'prompt', text: 'hello.' },
      { kind: 'event', event: { type: 'message', role: 'assistant', content: 'Hello' }, afterMs: 30 },
      { kind: 'result', result: expect.objectContaining({ output: 'Hello', costUsd: 0.01 }) },
    ])
  })

  it('gives the same bytes for the same call in another run and another workspace', async () => {
    const texts = []
    for (const name of ['one', 'two']) {
      const folder = temporaryFolder()
      const clock = createHandClock()
      const workspace = `/home/${name}`
      const engine = createEngine(async function* ({ runId }) {
        yield {
          type: 'tool_start',
          toolCallId: 't',
          tool: 'read',
          input: { path: `${workspace}/a.ts`, runId },
        }
        yield { type: 'tool_end', toolCallId: 't', tool: 'read', success: true }
        return { status: 'succeeded', output: `Read ${workspace}/a.ts` }
      })
      const prompt = `Read ${workspace}/a.ts`
      await call(recordEngine(engine, folder, { clock }), {
        workspace,
        prompt,
        runId: `run-20261121-101500-${name}`,
      })
      texts.push(filesIn(folder))
    }
    expect(texts[0]).toEqual(texts[1])
    expect(JSON.stringify(texts[0])).not.toMatch(/home|run-2/)
  })

  it('keeps no secret, also when it comes in pieces, in a name or in an error', async () => {
    const folder = temporaryFolder()
    const secret = 'sk-"1234567890'
    const chunks = [`A key: sk-"12`, '345', '67890 and ', secret, secret.slice(0, 5)]
    const engine = createEngine(
      async function* ({ approve }) {
        for (const text of chunks) yield { type: 'token_chunk', text }
        await approve({ name: 'send', input: { [secret]: JSON.stringify({ secret }) } })
        throw new Error(`401 for ${secret} and ${encodeURIComponent(secret)} and another-secret`)
      },
      [secret],
    )
    const recorder = recordEngine(engine, folder, { secrets: ['another-secret'] })
    expect(recorder.secrets).toEqual([secret])
    await expect(call(recorder, { prompt: `Use ${secret}.` })).rejects.toThrow('401')
    const [text = ''] = Object.values(filesIn(folder))
    expect(text).not.toMatch(/1234567890|67890|another-secret/)
    const said = linesIn(folder).map((line) => Reflect.get(Object(line), 'event')?.text ?? '')
    expect(said.join('')).toBe('A key: [secret] and [secret]sk-"1')
  })

  it('keeps what the engine asked people and left in the run, and requests by number', async () => {
    const folder = temporaryFolder()
    const engine = createEngine(async function* (context) {
      const [one, two] = await Promise.all(['a', 'b'].map((name) => context.approve({ name })))
      yield { type: 'tool_start', toolCallId: 't', tool: 'b', ...(two ?? {}) }
      yield { type: 'tool_end', toolCallId: 't', tool: 'b', success: one?.approved ?? false }
      await context.ask([{ id: 'q', text: 'Q?' }], { reason: 'why' })
      await context.facts.put({ key: 'k', value: 1 })
      await context.record({ type: 'custom', name: 'n', data: 1 })
      await context.artifacts.put('a.md', new TextEncoder().encode('A'))
      await context.artifacts.append('a.md', 'B')
      return { status: 'succeeded', output: 'ok' }
    })
    const { recorded } = await call(recordEngine(engine, folder, { clock: createHandClock() }))
    expect(recorded.artifacts.get('a.md')).toBe('AB')
    expect(linesIn(folder).slice(2)).toMatchObject([
      { kind: 'approve', request: 1, action: { name: 'a' } },
      { kind: 'approve', request: 2, action: { name: 'b' } },
      { kind: 'answer', request: 1, answer: { approved: true } },
      { kind: 'answer', request: 2, answer: { approved: true } },
      { kind: 'event', event: { type: 'tool_start', requestId: '#2' } },
      { kind: 'event', event: { type: 'tool_end' } },
      { kind: 'ask', request: 3, questions: [{ id: 'q' }], options: { reason: 'why' } },
      { kind: 'answer', request: 3, answer: { q: 'answer' } },
      { kind: 'facts', facts: [{ key: 'k', value: 1 }] },
      { kind: 'record', event: { type: 'custom' } },
      { kind: 'artifact', way: 'put', path: 'a.md', content: 'A' },
      { kind: 'artifact', way: 'append', path: 'a.md', content: 'B' },
      { kind: 'result' },
    ])
  })

  it('takes away what was recorded after a call when it records it again', async () => {
    const folder = temporaryFolder()
    const engine = recordEngine(silent, folder)
    for (const [iteration, attempt] of [
      [1, 1],
      [1, 2],
      [2, 1],
    ])
      await call(engine, { iteration, attempt } as object) // Numbers.
    await call(engine, { stepId: 'other' })
    await call(engine, { iteration: 1, attempt: 2 })
    expect(Object.keys(filesIn(folder))).toEqual([
      'test#1/greet#1.1.jsonl',
      'test#1/greet#1.2.jsonl',
      'test#1/other#1.1.jsonl',
    ])
  })

  it('names no file by what a name says', async () => {
    const folder = temporaryFolder()
    const engine = recordEngine(silent, folder)
    for (const item of ['../../etc/passwd', 'A', 'a', 'x'.repeat(200)]) await call(engine, { item })
    const paths = Object.keys(filesIn(folder))
    expect(paths).toHaveLength(4)
    for (const path of paths) expect(path).toMatch(/^test#1\/greet\[[a-z0-9._~-]{1,64}\]#1\.1\.jsonl$/)
  })

  it.each<
    [string, (generator: AsyncGenerator<EngineEvent, unknown, void>, abort: () => void) => Promise<unknown>]
  >([
    [
      'is aborted',
      (generator, abort) => {
        abort()
        return generator.next().catch(() => {})
      },
    ],
    ['is left', (generator) => generator.return(undefined)],
  ])('says of a call that %s that it was cut off, and the engine cleans up', async (_, leave) => {
    const folder = temporaryFolder()
    let cleaned = false
    const engine = createEngine(async function* ({ signal }) {
      try {
        yield { type: 'token_chunk', text: 'Hi' }
        signal.throwIfAborted()
        return { status: 'failed', output: '', error: { code: 'x', message: 'x', retryable: false } }
      } finally {
        cleaned = true
      }
    })
    const controller = new AbortController()
    const generator = recordEngine(engine, folder).runStep(createStepContext({ signal: controller.signal }))
    await generator.next()
    await leave(generator, () => controller.abort())
    expect(cleaned).toBe(true)
    expect(linesIn(folder).at(-1)).toMatchObject({ kind: 'aborted' })
  })

  it('leaves out what is no JSON', async () => {
    const folder = temporaryFolder()
    // What an engine that breaks the port may yield.
    const odd = { type: 'token_chunk', text: 1n } as unknown as EngineEvent
    const engine = createEngine(async function* () {
      yield odd
      return { status: 'succeeded', output: 'ok' }
    })
    expect((await call(recordEngine(engine, folder))).events).toEqual([odd])
    expect(linesIn(folder).map((line) => Reflect.get(Object(line), 'kind'))).toEqual([
      'call',
      'prompt',
      'result',
    ])
  })

  it('law 6: fails a call that it cannot keep', async () => {
    const folder = join(temporaryFolder(), 'taken')
    writeFileSync(folder, 'a file')
    await expect(call(recordEngine(silent, folder))).rejects.toMatchObject({
      code: 'cassette_unwritable',
      message: expect.stringContaining(folder),
    })
  })

  it('makes its folder with the first call, and not before', async () => {
    const folder = join(temporaryFolder(), 'new')
    const engine = recordEngine(silent, folder)
    expect(existsSync(folder)).toBe(false)
    await call(engine)
    expect(existsSync(folder)).toBe(true)
  })

  it('says of itself what the engine says, and asks it for its secrets each time', async () => {
    const secrets: string[] = []
    const told = { version: '1', mode: 'sdk', provider: 'p', account: 'a', tellsCost: false }
    let disposed = 0
    const engine: StepEngine = {
      ...silent,
      ...told,
      secrets,
      probe: async () => ({ available: false, message: 'Install it' }),
      dispose: async () => {
        disposed += 1
      },
    }
    const recorder = recordEngine(engine, temporaryFolder())
    expect(recorder).toMatchObject({ id: 'scripted', ...told, secrets: [] })
    secrets.push('learnt late')
    expect(recorder.secrets).toEqual(['learnt late'])
    Object.assign(engine, { version: '2' })
    expect(recorder.version).toBe('2')
    expect(await recorder.probe?.()).toEqual({ available: false, message: 'Install it' })
    await recorder.dispose?.()
    expect(disposed).toBe(1)
  })

  it.each<[string, unknown, unknown, object, string]>([
    ['no engine', undefined, 'a', {}, 'given.engine is missing. It must be an engine'],
    ['no folder', silent, '', {}, 'given.folder is ""'],
    ['a misspelt option', silent, 'a', { secret: [] }, 'Did you mean "secrets"?'],
  ])('law 6: refuses %s', (_, engine, folder, options, message) => {
    // What JavaScript may hand over.
    expect(() => recordEngine(engine as StepEngine, folder as string, options)).toThrow(
      expect.objectContaining({ code: 'options_invalid', message: expect.stringContaining(message) }),
    )
  })
})

const kitFolder = mkdtempSync(join(tmpdir(), 'baton-cassette-kit-'))
afterAll(() => rmSync(kitFolder, { recursive: true }))

testEngine(
  'a stub that is recorded',
  () =>
    recordEngine(
      createStubEngine({
        steps: {
          slow: {
            text: 'xy',
            stream: { size: 1 },
            acts: [
              { type: 'token_chunk', text: 'x' },
              { kind: 'wait', ms: 60_000 },
            ],
          },
          failing: { fail: { code: 'no' } },
          proposing: { acts: [{ kind: 'propose', action: { name: 'write', input: 1 } }], text: 'x' },
        },
        otherwise: { text: 'fine' },
      }),
      kitFolder,
    ),
  {
    test: { describe, it },
    deterministic: true,
    scenarios: {
      slow: { stepId: 'slow' },
      failing: { stepId: 'failing' },
      proposing: { stepId: 'proposing' },
    },
  },
)
