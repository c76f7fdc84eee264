import type { EngineEvent, StepResult } from '@batonjs/core'
import {
  collect,
  createHandClock,
  createStepContext,
  type TestStepContextOptions,
  testEngine,
} from '@batonjs/testkit'
import { describe, expect, it } from 'vitest'
import type { StubReply } from './script.ts'
import { createStubEngine, type StubEngineOptions } from './stub-engine.ts'

const scripted = {
  steps: {
    slow: { acts: [{ type: 'token_chunk', text: 'x' }], ending: { kind: 'hang' } },
    failing: { fail: { code: 'overloaded', retryable: true } },
    proposing: { acts: [{ kind: 'propose', action: { name: 'write', input: { path: 'a' } } }] },
  },
} as const

testEngine('engine-stub', () => createStubEngine(scripted), {
  test: { describe, it },
  deterministic: true,
  scenarios: { slow: { stepId: 'slow' }, failing: { stepId: 'failing' }, proposing: { stepId: 'proposing' } },
})

testEngine('engine-stub with a busy script', () => createStubEngine({ steps: {}, otherwise: BUSY() }), {
  test: { describe, it },
  deterministic: true,
})

function BUSY(): StubReply {
  return {
    acts: [
      { type: 'session', session: { id: 1 } },
      { kind: 'tool', tool: 'read', input: { path: 'a' }, output: 'content' },
      { kind: 'tool', tool: 'read', success: false },
      { type: 'file_changes', files: [{ path: 'a', action: 'modified' }] },
      { type: 'usage', usage: { inputTokens: 0 } },
      { kind: 'facts', facts: [{ key: 'language', value: 'TypeScript' }] },
      { kind: 'artifact', path: 'report.md', content: '# Report' },
      { kind: 'record', event: { type: 'custom', name: 'note', data: 1 } },
      { kind: 'ask', questions: [{ id: 'sure', text: 'Sure?', options: ['yes', 'no'] }] },
    ],
    text: ({ answers }) => `They say ${String(answers[0]?.sure)}`,
    stream: { size: 4 },
  }
}

async function play(reply: StubReply, context: TestStepContextOptions = {}, options: StubEngineOptions = {}) {
  const engine = createStubEngine(() => reply, options)
  const given = createStepContext(context)
  const call = engine.runStep(given)
  const events: EngineEvent[] = []
  let step = await call.next()
  for (; step.done !== true; step = await call.next()) events.push(step.value)
  const result: StepResult = step.value
  return { events, result, recorded: given.recorded, facts: given.facts.entries, engine }
}

describe('the synthetic answer', () => {
  it('A11: says that it is synthetic, and still writes a message for the transcript', async () => {
    const { events, result } = await play(
      {},
      { stepId: 'review', agentKey: 'critic', item: 'src', prompt: 'Find bugs.\nNow.' },
    )
    expect(result.output).toMatch(/^\[stub\] review\[src\] \(critic\): Find bugs\. · prompt [0-9a-f]{12}$/)
    expect(events).toEqual([{ type: 'message', role: 'assistant', content: result.output }])
    expect(result).toMatchObject({
      status: 'succeeded',
      costUsd: 0,
      handoff: { verdict: 'VERIFIED', summary: result.output },
    })
    expect(result.usage).toEqual({
      inputTokens: 4,
      outputTokens: expect.any(Number),
      totalTokens: expect.any(Number),
    })
  })

  it('is the same for the same prompt, byte by byte, and another for another', async () => {
    const [one, again, other] = await Promise.all(['a', 'a', 'b'].map((prompt) => play({}, { prompt })))
    expect(JSON.stringify(one?.result)).toBe(JSON.stringify(again?.result))
    expect(one?.result.output).not.toBe(other?.result.output)
  })

  it('shows the objective, not a heading, and at most 80 characters of it', async () => {
    const { result } = await play({}, { prompt: `# Task\n\n  ${'word '.repeat(40)}` })
    expect(result.output).toMatch(/^\[stub\] greet: (word ){15}word…? · prompt /)
  })

  it('looks behind the tags of a composed prompt', async () => {
    const promptParts = { system: '', history: '', format: '', repair: '' }
    const task = '<baton:task>\nFind bugs.\n</baton:task>'
    const { result } = await play({}, { promptParts: { ...promptParts, task } })
    expect(result.output).toMatch(/^\[stub\] greet: Find bugs\. · prompt /)
  })

  it('satisfies the output schema', async () => {
    const outputSchema = { type: 'object', properties: { ok: { type: 'boolean' } }, required: ['ok'] }
    expect((await play({}, { outputSchema })).result.data).toEqual({ ok: false })
    expect((await play({})).result).not.toHaveProperty('data')
  })
})

describe('a scripted reply', () => {
  it('performs its acts in order, then streams, speaks and answers', async () => {
    const { events, result, recorded, facts } = await play(BUSY())
    expect(events.map(({ type }) => type)).toEqual([
      ...['session', 'tool_start', 'tool_end', 'tool_start', 'tool_end', 'file_changes', 'usage'],
      ...['token_chunk', 'token_chunk', 'token_chunk', 'message'],
    ])
    expect(events.flatMap((event) => (event.type === 'tool_start' ? [event.toolCallId] : []))).toEqual([
      'read-1',
      'read-2',
    ])
    expect(events.flatMap((event) => (event.type === 'token_chunk' ? [event.text] : [])).join('')).toBe(
      'They say yes',
    )
    expect(result.output).toBe('They say yes')
    expect(facts).toMatchObject([{ key: 'language', value: 'TypeScript', author: 'greet' }])
    expect(recorded.artifacts.get('report.md')).toBe('# Report')
    expect(recorded.events).toEqual([{ type: 'custom', name: 'note', data: 1 }])
  })

  it('H4: names the approval in the tool call that uses it, and does nothing when it is rejected', async () => {
    const acts = [{ kind: 'propose', action: { name: 'write', input: 1 }, output: 'done' }] as const
    const approved = await play({ acts, text: 'x' })
    expect(approved.events).toMatchObject([
      { type: 'tool_start', tool: 'write', input: 1, requestId: 'approval-1' },
      { type: 'tool_end', success: true, output: 'done' },
      { type: 'message' },
    ])
    const rejected = await play(
      { acts, text: ({ approvals }) => String(approvals[0]?.approved) },
      { decide: () => false },
    )
    expect(rejected.events).toEqual([{ type: 'message', role: 'assistant', content: 'false' }])
  })

  it('runs code of the test in its place, and ends as that throws', async () => {
    const seen: string[] = []
    await play(
      { acts: [{ kind: 'run', run: ({ address }) => seen.push(address) }] },
      { item: 'src', iteration: 2 },
    )
    expect(seen).toEqual(['test#1/greet[src]#2.1'])
    const boom = play({ acts: [{ kind: 'run', run: () => Promise.reject(new Error('boom')) }] })
    await expect(boom).rejects.toThrow('boom')
  })

  it('fails as it is told, with what it is told', async () => {
    const fail = { code: 'overloaded', retryable: true, retryAfterMs: 5 }
    const { result, events } = await play({ fail, usage: undefined })
    expect(result).toMatchObject({
      status: 'failed',
      output: '',
      error: { ...fail, message: expect.stringContaining('greet') },
    })
    expect(result).not.toHaveProperty('usage')
    expect(events).toEqual([])
  })

  it('overrides verdict, handoff, usage, cost and model', async () => {
    const handoff = { verdict: 'PARTIAL', concerns: ['slow'], canFurtherIterationHelp: false }
    const { result } = await play({
      handoff,
      verdict: 'BLOCKED',
      usage: { inputTokens: 1 },
      costUsd: 2,
      model: 'm',
    })
    expect(result).toMatchObject({
      handoff: { ...handoff, verdict: 'BLOCKED' },
      usage: { inputTokens: 1 },
      costUsd: 2,
      model: 'm',
    })
    expect((await play({ costUsd: undefined })).result).not.toHaveProperty('costUsd')
  })

  it('throws, and returns, whatever it is told to', async () => {
    await expect(play({ ending: { kind: 'throw', value: undefined } })).rejects.toBeUndefined()
    expect((await play({ ending: { kind: 'return', result: 'nonsense' } })).result).toBe('nonsense')
    expect((await play({ data: 1n })).result.data).toBe(1n)
  })
})

describe('time and the abort signal', () => {
  it('lets time pass on the clock that it is given', async () => {
    const clock = createHandClock()
    const reply: StubReply = {
      acts: [{ kind: 'wait', ms: 1_000 }],
      text: 'abcd',
      stream: { size: 2, everyMs: 10 },
    }
    const { result } = await clock.drive(play(reply, {}, { clock }))
    expect(result.output).toBe('abcd')
    expect(clock.monotonic()).toBe(1_020)
  })

  it('ends as aborted within a wait, a hang, a question and a piece of code, and leaves no timer', async () => {
    const never = () => new Promise<never>(() => {})
    const clock = createHandClock()
    const replies: StubReply[] = [
      { acts: [{ kind: 'wait', ms: 1_000 }] },
      { ending: { kind: 'hang' } },
      { acts: [{ kind: 'ask', questions: [] }] },
      { acts: [{ kind: 'propose', action: { name: 'x' } }] },
      { acts: [{ kind: 'run', run: never }] },
    ]
    for (const reply of replies) {
      const controller = new AbortController()
      const played = play(reply, { signal: controller.signal, decide: never, reply: never }, { clock })
      await clock.advance(1)
      controller.abort()
      expect((await played).result).toMatchObject({ status: 'failed', error: { code: 'aborted' } })
    }
    expect(clock.pending).toEqual([])
  })

  it('begins no further act once it is aborted', async () => {
    const controller = new AbortController()
    const acts = [
      { kind: 'run', run: () => controller.abort() },
      { kind: 'tool', tool: 'late' },
    ] as const
    const { events, result } = await play({ acts }, { signal: controller.signal })
    expect(events).toEqual([])
    expect(result.error?.code).toBe('aborted')
  })

  it('is deaf when it is stubborn, and answers late', async () => {
    const clock = createHandClock()
    const reply: StubReply = { stubborn: true, acts: [{ kind: 'wait', ms: 50 }], text: 'late' }
    const { result } = await clock.drive(play(reply, { signal: AbortSignal.abort() }, { clock }))
    expect(result).toMatchObject({ status: 'succeeded', output: 'late' })
  })

  it('waits by the time of the machine when no clock is given', async () => {
    expect((await play({ acts: [{ kind: 'wait', ms: 1 }], text: 'x' })).result.output).toBe('x')
  })
})

describe('the record of calls', () => {
  it('holds every call with its address, its context and how it ended', async () => {
    const engine = createStubEngine({
      steps: { boom: { ending: { kind: 'throw', value: new Error('boom') } } },
    })
    await collect(engine.runStep(createStepContext({ item: 'src', attempt: 2, prompt: 'p' })))
    await expect(collect(engine.runStep(createStepContext({ stepId: 'boom' })))).rejects.toThrow('boom')
    const left = engine.runStep(createStepContext({ stepId: 'left' }))
    await left.next()
    expect(engine.calls.at(-1)?.state).toBe('open')
    await left.return({ status: 'failed', output: '' })
    await collect(engine.runStep(createStepContext({ stepId: 'late', signal: AbortSignal.abort() })))
    expect(engine.calls).toMatchObject([
      {
        address: 'test#1/greet[src]#1.2',
        stepId: 'greet',
        item: 'src',
        attempt: 2,
        context: { prompt: 'p' },
        state: 'returned',
      },
      { stepId: 'boom', state: 'threw' },
      { stepId: 'left', state: 'closed' },
      { stepId: 'late', state: 'aborted' },
    ])
    engine.reset()
    expect(engine.calls).toEqual([])
  })

  it('is kept only where it is wanted, and begins with the call', async () => {
    const engine = createStubEngine({ steps: {} }, { recordCalls: false, id: 'stub-two' })
    await collect(engine.runStep(createStepContext()))
    expect(engine.calls).toEqual([])
    expect(engine.id).toBe('stub-two')
    const kept = createStubEngine()
    kept.runStep(createStepContext())
    expect(kept.calls).toEqual([])
  })
})
