import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import type { EngineEvent, StepEngine } from '@batonjs/core'
import { createStepContext, type TestStepContextOptions, testEngine } from '@batonjs/testkit'
import { describe, expect, it } from 'vitest'
import { createStubEngine } from '../stub-engine.ts'
import { call, filesIn, recorded, temporaryFolder } from './cassette.fixture.ts'
import { recordEngine } from './record-engine.ts'
import { createReplayEngine } from './replay-engine.ts'

describe('createReplayEngine', () => {
  it('law 6: fails with the difference when the prompt is another one', async () => {
    const prompt = (line: string) => `Look for bugs.\n${line}\nBe brief.`
    const folder = await recorded({}, [{ prompt: prompt('In src.') }])
    const path = `${folder}/test#1/greet#1.1.jsonl`
    await expect(call(createReplayEngine(folder), { prompt: prompt('In lib.') })).rejects.toMatchObject({
      code: 'cassette_mismatch',
      retryable: false,
      message: `Call test#1/greet#1.1 asks something else than cassette ${path} has:\nprompt, line 2:\n- In src.\n+ In lib.\nIf that is meant, record the call again.`,
      details: { address: 'test#1/greet#1.1', path },
    })
  })

  it.each<[string, TestStepContextOptions, TestStepContextOptions, string]>([
    ['another model', { model: 'a' }, { model: 'b' }, 'model:\n- "a"\n+ "b"'],
    ['a model, for the first time', {}, { model: 'b' }, 'model:\n- (none)\n+ "b"'],
    [
      'another schema',
      { outputSchema: { type: 'object' } },
      {},
      'output schema:\n- {"type":"object"}\n+ (none)',
    ],
    ['a line more', { prompt: 'a\nc' }, { prompt: 'a\nb\nc' }, 'prompt, line 2:\n+ b\n'],
    ['a line less', { prompt: 'a\nb\nc' }, { prompt: 'a\nc' }, 'prompt, line 2:\n- b\n'],
    [
      'many lines more',
      { prompt: 'a' },
      { prompt: `a\n${'b\n'.repeat(9)}` },
      'prompt, line 2:\n+ b\n+ b\n+ b\n+ b\n+ … 6 more lines\n',
    ],
    [
      'something far behind in a long line',
      { prompt: `${'x'.repeat(500)}A${'y'.repeat(500)}` },
      { prompt: `${'x'.repeat(500)}B${'y'.repeat(500)}` },
      `- …${'x'.repeat(40)}A${'y'.repeat(119)}…\n+ …${'x'.repeat(40)}B`,
    ],
  ])('law 6: shows %s', async (_, before, now, difference) => {
    const folder = await recorded({}, [before])
    await expect(call(createReplayEngine(folder), now)).rejects.toThrow(difference)
  })

  it('law 6: fails when a call was not recorded, and says where it would be', async () => {
    const folder = await recorded({})
    await expect(call(createReplayEngine(folder), { stepId: 'other' })).rejects.toMatchObject({
      code: 'cassette_missing',
      message: expect.stringContaining(`${folder}/test#1/other#1.1.jsonl`),
    })
    await expect(call(createReplayEngine(join(folder, 'nowhere')))).rejects.toMatchObject({
      code: 'cassette_missing',
    })
  })

  it.each([
    ['half a file', (text: string) => text.slice(0, -30), 'It is no line of a cassette'],
    [
      'a file without an end',
      (text: string) => `${text.split('\n').slice(0, -2).join('\n')}\n`,
      'It is not whole',
    ],
    ['a later format', (text: string) => text.replace('"cassette":1', '"cassette":2'), 'It has format 2'],
    ['an empty file', () => '', 'It is not whole'],
    ['a prompt that was edited', (text: string) => text.replace('"key":"', '"key":"0'), 'edited by hand'],
  ])('law 6: refuses %s', async (_, spoil, message) => {
    const folder = await recorded({})
    const [[path = '', text = ''] = []] = Object.entries(filesIn(folder))
    writeFileSync(join(folder, path), spoil(text))
    await expect(call(createReplayEngine(folder))).rejects.toThrow(message)
  })

  it('plays the nearest attempt where a run is killed otherwise than the recorded one', async () => {
    const folder = await recorded({}, [{ attempt: 2, prompt: 'p' }])
    const engine = createReplayEngine(folder)
    for (const attempt of [1, 2, 3, 7])
      expect((await call(engine, { attempt, prompt: 'p' })).events).toHaveLength(1)
    await expect(call(engine, { iteration: 2, prompt: 'p' })).rejects.toMatchObject({
      code: 'cassette_missing',
    })
  })

  it('tells repairs of one attempt apart', async () => {
    const folder = temporaryFolder()
    const { promptParts } = createStepContext()
    const passes = [promptParts, ...['Bad.', 'Worse.'].map((repair) => ({ ...promptParts, repair }))]
    const contexts = passes.map((parts, pass) => ({
      promptParts: parts,
      prompt: `pass ${pass}`,
      idempotencyKey: 'of the attempt',
    }))
    const engine = recordEngine(
      createStubEngine(({ context }) => ({ text: context.prompt })),
      folder,
    )
    for (const context of contexts) await call(engine, context)
    const player = createReplayEngine(folder)
    for (const context of contexts) expect((await call(player, context)).result.output).toBe(context.prompt)
    expect(Object.keys(filesIn(folder))).toEqual([
      'test#1/greet#1.1-repair-1.jsonl',
      'test#1/greet#1.1-repair-2.jsonl',
      'test#1/greet#1.1.jsonl',
    ])
  })

  it('compares prompts as normalize leaves them', async () => {
    const normalize = (prompt: string) => prompt.replaceAll(/\d{4}-\d\d-\d\d/g, '<date>')
    const folder = await recorded({}, [{ prompt: 'Today is 2026-11-21.' }], { normalize })
    expect(JSON.stringify(filesIn(folder))).toContain('Today is <date>.')
    await call(createReplayEngine(folder, { normalize }), { prompt: 'Today is 2027-01-01.' })
  })

  it('says what it is, and whether there is something to play', async () => {
    const folder = await recorded({})
    expect(createReplayEngine(folder, { id: 'claude' })).toMatchObject({ id: 'claude', mode: 'replay' })
    expect(await createReplayEngine(folder).probe?.()).toMatchObject({ available: true })
    expect(await createReplayEngine(join(folder, 'x')).probe?.()).toMatchObject({
      available: false,
      message: expect.stringContaining('Record some'),
    })
  })

  it.each<[string, unknown, object, string]>([
    ['no folder', undefined, {}, 'given.folder is missing'],
    ['a pace that there is not', 'a', { pace: 'slow' }, 'options.pace is "slow"'],
    ['what is no engine', 'a', { record: {} }, 'options.record.id is missing'],
  ])('law 6: refuses %s', (_, folder, options, message) => {
    // What JavaScript may hand over.
    expect(() => createReplayEngine(folder as string, options)).toThrow(
      expect.objectContaining({ code: 'options_invalid', message: expect.stringContaining(message) }),
    )
  })
})

describe('a replay engine with an engine to record', () => {
  it('asks it only for what was not recorded or has changed, and keeps that', async () => {
    const folder = temporaryFolder()
    const stub = createStubEngine(({ context }) => ({ text: `To ${context.prompt}` }))
    const tests = (record?: StepEngine) => createReplayEngine(folder, { record })
    const contexts = [
      { stepId: 'one', prompt: 'a' },
      { stepId: 'two', prompt: 'b' },
    ]
    for (const context of contexts) await call(tests(stub), context)
    expect(stub.calls).toHaveLength(2)
    stub.reset()

    const [, two] = contexts
    for (const context of [contexts[0], { ...two, prompt: 'c' }]) await call(tests(stub), context)
    expect(stub.calls.map(({ stepId }) => stepId)).toEqual(['two'])
    expect((await call(tests(), { ...two, prompt: 'c' })).result.output).toBe('To c')
    await expect(call(tests(), two)).rejects.toMatchObject({ code: 'cassette_mismatch' })
  })

  it('tells which cassettes no call has played', async () => {
    const folder = await recorded({}, [{ stepId: 'one' }, { stepId: 'two' }, { stepId: 'three' }])
    const engine = createReplayEngine(folder, { record: createStubEngine() })
    await call(engine, { stepId: 'two' })
    await call(engine, { stepId: 'new' })
    expect(await engine.unplayed()).toEqual([
      `${folder}/test#1/one#1.1.jsonl`,
      `${folder}/test#1/three#1.1.jsonl`,
    ])
  })

  it('law 5: keeps none of the secrets that it is told of, and plays what it kept', async () => {
    const folder = temporaryFolder()
    const secret = 'sk-of-the-host-1'
    const record = createStubEngine(() => ({ text: `My key is ${secret}.` }))
    const asked = { prompt: `Use ${secret}.` }
    await call(createReplayEngine(folder, { record, secrets: [secret] }), asked)
    expect(JSON.stringify(filesIn(folder))).not.toContain(secret)
    const { result } = await call(createReplayEngine(folder, { secrets: [secret] }), asked)
    expect(result.output).toBe('My key is [secret].')
  })

  it('has its secrets and its probe, and disposes of it', async () => {
    let disposed = false
    const record: StepEngine = {
      ...createStubEngine(),
      secrets: ['sk-123456789'],
      probe: async () => ({ available: false, message: 'No key' }),
      dispose: async () => {
        disposed = true
      },
    }
    const engine = createReplayEngine(temporaryFolder(), { record })
    expect(engine.secrets).toEqual(['sk-123456789'])
    expect(await engine.probe?.()).toEqual({ available: false, message: 'No key' })
    const { probe: _, ...silent } = record
    const always = createReplayEngine(temporaryFolder(), { record: silent })
    expect(await always.probe?.()).toEqual({ available: true })
    await engine.dispose?.()
    expect(disposed).toBe(true)
  })
})

const script = {
  steps: {
    slow: {
      acts: [{ type: 'token_chunk', text: 'x' } satisfies EngineEvent, { kind: 'wait', ms: 60_000 } as const],
    },
    failing: { fail: { code: 'no' } },
    proposing: { acts: [{ kind: 'propose', action: { name: 'write', input: 1 } } as const], text: 'x' },
  },
  otherwise: { text: 'fine' },
}

testEngine(
  'a replay engine, recording what it lacks',
  () => createReplayEngine(temporaryFolder(), { record: createStubEngine(script) }),
  {
    test: { describe, it },
    deterministic: true,
    scenarios: {
      slow: { stepId: 'slow' },
      failing: { stepId: 'failing' },
      proposing: { stepId: 'proposing' },
    },
    skip: {
      'rejected-action': 'who answers otherwise than was recorded is told so',
      'people-fail': 'as rejected-action',
    },
  },
)
