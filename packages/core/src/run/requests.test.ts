import { describe, expect, it } from 'vitest'
import type { FlowInput, StepInput } from '../flow/flow.ts'
import type { JsonValue } from '../flow/json.ts'
import { main, step } from './hand-call.fixture.ts'
import { begin, type HandRun } from './hand-run.fixture.ts'
import type { RequestState } from './state.ts'

type Approval = Extract<StepInput, { kind: 'approval' }>
const approval = (policy: Partial<Approval> = {}): Approval => ({
  id: 'gate',
  kind: 'approval',
  prompt: 'Ship?',
  ...policy,
})
const approve: JsonValue = { approved: true }
const reject: JsonValue = { approved: false, comment: 'too early' }

/** The only request of a run. */
function requestOf(run: HandRun): RequestState {
  const [request] = run.state.requests.values()
  if (request === undefined) throw new Error('Nobody is asked')
  return request
}

describe('what is recorded', () => {
  it('H1: the hash is of exactly what is shown', async () => {
    const hashOf = async (policy: Partial<Approval>) =>
      requestOf(await begin(main(approval(policy)))).contentHash
    const first = await hashOf({})
    expect(first).toMatch(/^[0-9a-f]{64}$/)
    expect(await hashOf({ title: 'Another title', answerers: ['ann'], deadlineMs: 1 })).toBe(first)
    expect(await hashOf({ prompt: 'Ship it?' })).not.toBe(first)
  })

  it('H1: a wait shows its title as it is written, since documentation holds no references', async () => {
    const title = 'Costs $$5; see $plan.output'
    const shown = async (documented: { title?: string; description?: string }) => {
      const run = await begin(
        main({ id: 'ask', kind: 'wait', correlation: 'pays-$params.id', ...documented }),
        {
          request: { params: { id: 7 } },
        },
      )
      return run.all('callback_awaited')
    }
    expect(await shown({ title })).toMatchObject([{ prompt: title, correlation: 'pays-7' }])
    expect(await shown({ description: title })).toMatchObject([{ prompt: title, correlation: 'pays-7' }])
    expect(await shown({})).toMatchObject([{ prompt: 'pays-7', correlation: 'pays-7' }])
  })

  it('H1: the hash of questions and callbacks takes in what an answer may be', async () => {
    const hashOf = async (asked: StepInput) => requestOf(await begin(main(asked))).contentHash
    const ask = (text: string, options: readonly string[]): StepInput => ({
      id: 'ask',
      kind: 'question',
      questions: [{ id: 'area', text, options }],
    })
    const hashes = [
      await hashOf(ask('Which area?', ['src', 'docs'])),
      await hashOf(ask('Which part?', ['src', 'docs'])),
      await hashOf(ask('Which area?', ['src'])),
      await hashOf({ id: 'ask', kind: 'wait', correlation: 'build-1' }),
      await hashOf({ id: 'ask', kind: 'wait', correlation: 'build-2' }),
      await hashOf({ id: 'ask', kind: 'wait', correlation: 'build-2', schema: { type: 'object' } }),
    ]
    expect(new Set(hashes).size).toBe(hashes.length)
  })

  it('H1: references in a prompt are shown resolved', async () => {
    const run = await begin(main(step('diff'), approval({ prompt: 'Apply $diff.output?' })))
    await run.end('diff', { value: '+1 -2' })
    expect(requestOf(run).prompt).toBe('Apply +1 -2')
  })

  it.each<[string, StepInput, JsonValue, string, readonly JsonValue[]]>([
    [
      'questions without options want a text each',
      {
        id: 'ask',
        kind: 'question',
        questions: [
          { id: 'a', text: 'A?' },
          { id: 'b', text: 'B?' },
        ],
      },
      { a: 'x', b: 'y' },
      'clarification_answered',
      [{ a: 'x' }, { a: 'x', b: '' }, { a: 'x', b: 1 }, { a: 'x', b: 'y', c: 'z' }],
    ],
    [
      'options are all that can be answered',
      { id: 'ask', kind: 'question', questions: [{ id: 'a', text: 'A?', options: ['yes', 'no'] }] },
      { a: 'no' },
      'clarification_answered',
      [{ a: 'maybe' }, {}],
    ],
    [
      'a schema of the question says what can be',
      {
        id: 'ask',
        kind: 'question',
        questions: [{ id: 'a', text: 'How many?', schema: { type: 'integer' } }],
      },
      { a: 3 },
      'clarification_answered',
      [{ a: '3' }, { a: 1.5 }],
    ],
    [
      'a callback matches its schema',
      { id: 'ask', kind: 'wait', correlation: 'ci', schema: { type: 'object', required: ['status'] } },
      { status: 'green' },
      'callback_received',
      [{}, 'green'],
    ],
    [
      'a callback without a schema may be anything',
      { id: 'ask', kind: 'wait', correlation: 'ci' },
      null,
      'callback_received',
      [],
    ],
  ])('H1: %s', async (_, asked, good, type, bad) => {
    const run = await begin(main(asked))
    const given = (value: JsonValue): JsonValue =>
      asked.kind === 'wait' ? { payload: value } : { answers: value }
    const wrong = [good, { ...Object(given(good)), more: 1 }, { approved: true }, ...bad.map(given)]
    for (const value of wrong)
      expect(await run.answer('ask', value)).toMatchObject({ accepted: false, reason: 'invalid' })
    await run.answer('ask', given(good))
    expect(run.events.map((event) => event.type)).toContain(type)
    expect(run.completed.result?.data).toEqual(good)
  })
})

describe('ends', () => {
  it('H1: without a default the deadline withdraws the request, and its step fails', async () => {
    const run = await begin(main({ id: 'ask', kind: 'wait', correlation: 'ci', deadlineMs: 1_000 }))
    await run.advance(1_000)
    expect(run.all('callback_received')).toMatchObject([{ outcome: 'withdrawn', by: 'deadline' }])
    expect(run.steps()).toEqual({ ask: 'failed: request_expired' })
  })

  it('H1: an approval that nobody gives is rejected at its deadline by default', async () => {
    const run = await begin(main(approval({ deadlineMs: 1_000 })))
    await run.advance(1_000)
    expect(run.steps()).toEqual({ gate: 'failed: approval_rejected' })
  })

  it('H1: one reminder is recorded, unless the callback has come', async () => {
    const wait: StepInput = {
      id: 'ask',
      kind: 'wait',
      correlation: 'ci',
      warnAfterMs: 1_000,
      deadlineMs: 9_000,
    }
    const run = await begin(main(wait))
    await run.advance(5_000)
    expect(run.all('diagnostic')).toMatchObject([{ code: 'callback_overdue', address: 'main#1/ask#1.1' }])
    const prompt = await begin(main(wait))
    await prompt.answer('ask', { payload: 'green' })
    await prompt.advance(5_000)
    expect(prompt.all('diagnostic')).toEqual([])
  })

  it('H1: every request ends exactly once, whatever comes at the same time', async () => {
    const run = await begin(main(approval({ deadlineMs: 1_000 }), step('after')))
    await run.answer('gate', approve)
    await run.advance(1_000)
    expect(run.all('approval_resolved')).toHaveLength(1)
  })
})

describe('rejections', () => {
  const flow = (policy: Partial<Approval>): FlowInput => main(approval(policy), step('after'))
  const rejected = async (policy: Partial<Approval>): Promise<HandRun> => {
    const run = await begin(flow(policy))
    await run.answer('gate', reject, 'ann')
    await run.finish()
    return run
  }

  it('H5: fails the step by default, with who rejected it and why', async () => {
    const run = await rejected({})
    expect(run.steps()).toEqual({ gate: 'failed: approval_rejected', after: 'skipped: upstream_failed' })
    expect(run.completed.error?.message).toContain('ann rejected it: too early')
  })

  it('H5: skips it with onReject skip', async () => {
    const run = await rejected({ onReject: 'skip' })
    expect(run.steps()).toEqual({ gate: 'skipped: rejected', after: 'skipped: not_routed' })
    expect(run.status).toBe('succeeded')
  })

  it('H5: stops the flow with onReject stop: nothing new starts', async () => {
    const stop = main(
      approval({ needs: [], onReject: 'stop' }),
      step('a', { needs: [] }),
      step('b', { needs: ['a'] }),
    )
    const run = await begin(stop)
    await run.answer('gate', reject)
    expect(run.steps()).toEqual({ gate: 'failed: approval_rejected', a: 'running', b: 'skipped: stopped' })
    await run.end('a')
    expect(run.completed).toMatchObject({ status: 'failed', error: { code: 'approval_rejected' } })
  })

  const routing = { kind: 'branch', cases: [{ value: 'APPROVED', next: 'yes' }], default: 'no' } as const

  it.each([
    [approve, 'yes', 'APPROVED'],
    [reject, 'no', 'REJECTED'],
  ])('H5: with branch routing %j succeeds and leads to %s', async (decision, target, verdict) => {
    const run = await begin(main(approval({ needs: [], routing }), step('yes'), step('no')))
    await run.answer('gate', decision)
    expect(run.running).toEqual([target])
    expect(run.all('step_end')).toMatchObject([{ stepId: 'gate', handoff: { verdict } }])
  })

  it('H5: with a loop it is asked again until it is approved', async () => {
    const loop = { kind: 'microloop', loopTarget: 'draft', successValues: ['APPROVED'] } as const
    const run = await begin(main(step('draft'), approval({ routing: loop }), step('after')))
    await run.end('draft')
    await run.answer('gate', reject)
    await run.end('draft')
    expect([...run.state.requests.values()].map(({ status }) => status)).toEqual(['answered', 'open'])
    await run.answer('gate', approve)
    expect(run.running).toEqual(['after'])
  })
})
