import type { EngineEvent, StepEngine } from '@batonjs/core'
import { createStepContext } from '@batonjs/testkit'
import { fails, hangs, says, type Turn } from '@batonjs/vendor-server'
import { RetryError } from 'ai'
import { describe, expect, it } from 'vitest'
import { createAiEngine } from './ai-engine.ts'
import { toFailure } from './failures.ts'
import { call, modelAt, startModel, startRaw } from './loopback.fixture.ts'

const errorOf = async (engine: StepEngine) => (await call(engine)).result.error

const chunk = (choice: object) =>
  `data: ${JSON.stringify({ id: 'c', choices: [{ index: 0, ...choice }] })}\n\n`
const piece = (content: string) => chunk({ delta: { content }, finish_reason: null })

describe('a call that the service refuses', () => {
  it.each<[string, Turn, object]>([
    ['a wrong key', fails(401), { code: 'auth', retryable: false }],
    ['an unknown model', fails(404), { code: 'invalid_request', retryable: false }],
    ['too many calls', fails(429, { retryAfterSeconds: 7 }), { code: 'rate_limit', retryAfterMs: 7_000 }],
    ['an absurd wait', fails(429, { retryAfterSeconds: 1e9 }), { code: 'rate_limit', retryAfterMs: 1e12 }],
    [
      'a quota',
      fails(429, { message: 'You exceeded your current quota' }),
      { code: 'quota', retryable: true },
    ],
    ['overload', fails(529), { code: 'overloaded', retryable: true }],
    ['a broken server', fails(500), { code: 'overloaded', retryable: true }],
    ['a timeout', fails(408), { code: 'timeout', retryable: true }],
    [
      'a prompt that is too long',
      fails(400, { message: "This model's maximum context length is 8192 tokens." }),
      { code: 'context_overflow', retryable: false },
    ],
    [
      'a prompt that a filter refuses',
      fails(400, { body: '{"error":{"message":"No.","code":"content_filter"}}' }),
      { code: 'refusal', retryable: false },
    ],
    ['any other request', fails(422), { code: 'invalid_request', retryable: false }],
  ])('tells %s by its code, after one request', async (_, turn, error) => {
    const { engine, server } = await startModel(turn)
    expect(await errorOf(engine)).toMatchObject(error)
    expect(server.requests).toHaveLength(1)
  })

  it.each([
    ['in two minutes', (date: Date) => new Date(date.getTime() + 120_000).toUTCString(), 120_000],
    ['long ago', () => 'Wed, 21 Oct 2015 07:28:00 GMT', undefined],
    ['at no time', () => 'soon', undefined],
    ['before now', () => '-5', undefined],
  ])('tells a Retry-After that is %s', (_, header, expected) => {
    const now = new Date('2026-01-01T00:00:00Z')
    const thrown = { statusCode: 429, message: 'No', responseHeaders: { 'Retry-After': header(now) } }
    expect(toFailure(thrown, () => now.getTime())?.retryAfterMs).toBe(expected)
  })

  it('believes milliseconds before seconds', () => {
    const responseHeaders = { 'retry-after-ms': '1500', 'retry-after': '2' }
    expect(toFailure({ statusCode: 503, responseHeaders })?.retryAfterMs).toBe(1_500)
  })

  it('believes what a body says where no header does', () => {
    const responseBody = '{"error":{"details":[{"retryDelay": "17.5s"}]}}'
    expect(toFailure({ statusCode: 429, responseBody })?.retryAfterMs).toBe(17_500)
  })

  it('tells a service that is not there', async () => {
    const engine = createAiEngine({ model: modelAt('http://127.0.0.1:1') })
    expect(await errorOf(engine)).toMatchObject({ code: 'network', retryable: true })
  })

  it('tells the last of several tries, when whoever made the model lets it try again', async () => {
    const last = Object.assign(new Error('Slow down'), { statusCode: 429 })
    const thrown = new RetryError({ message: 'Failed', reason: 'maxRetriesExceeded', errors: [1, last] })
    expect(toFailure(thrown)).toMatchObject({ code: 'rate_limit' })
  })
})

describe('an answer that is none', () => {
  it.each<[string, Turn, object]>([
    [
      'a cut socket',
      says('Half of it', { broken: { after: 1, by: 'cut' } }),
      { code: 'network', retryable: true },
    ],
    ['an error within', says('Half', { broken: { after: 1, by: 'error' } }), { code: 'overloaded' }],
    ['the longest output', says('Half', { stop: 'max_tokens' }), { code: 'bad_output', retryable: false }],
    ['a filter', says('Ha', { stop: 'refusal' }), { code: 'refusal', retryable: false }],
    ['nothing', says(''), { code: 'bad_output', retryable: false }],
  ])('because of %s fails, whatever was said before', async (_, turn, error) => {
    const { engine } = await startModel(turn)
    const { result } = await call(engine)
    expect(result).toMatchObject({ status: 'failed', output: '', error })
  })

  it.each([
    ['garbage in the stream', { body: `${piece('Ha')}data: {oops\n\n` }, 'network'],
    ['a stream without an end', { body: piece('Half an answer') }, 'network'],
    ['an empty stream', { body: '' }, 'network'],
    ['a page of another server', { body: '<html>', headers: { 'content-type': 'text/html' } }, 'network'],
    ['a socket that is cut at once', { end: 'cut' as const }, 'network'],
    [
      'a rate limit within the stream',
      { body: `${piece('Ha')}data: {"error":{"message":"Rate limit reached","type":"tokens"}}\n\n` },
      'rate_limit',
    ],
    ['a status within the stream', { body: 'data: {"error":{"message":"No","code":401}}\n\n' }, 'auth'],
  ])('because of %s fails', async (_, reply, code) => {
    const { result } = await call(await startRaw(reply))
    expect(result).toMatchObject({ status: 'failed', error: { code } })
  })

  it.each([
    ['tool_calls', { code: 'bad_output', message: expect.stringContaining('did not say which') }],
    ['', { code: 'network', retryable: true }],
    ['recitation', { code: 'bad_output', message: expect.stringContaining('"recitation"') }],
  ])(
    'because the service ended it with the reason "%s" fails, though there is text',
    async (reason, error) => {
      const body = `${piece('I will now do it')}${chunk({ delta: {}, finish_reason: reason })}data: [DONE]\n\n`
      const { result } = await call(await startRaw({ body }))
      expect(result).toMatchObject({ status: 'failed', output: '', error })
    },
  )

  it.each(['eos', 'end_turn', 'stop_sequence'])(
    'is none of those that a service ends with "%s"',
    async (reason) => {
      const body = `${piece('Done.')}${chunk({ delta: {}, finish_reason: reason })}data: [DONE]\n\n`
      expect((await call(await startRaw({ body }))).result).toMatchObject({
        status: 'succeeded',
        output: 'Done.',
      })
    },
  )

  it('keeps the tokens of what was cut off', async () => {
    const { engine } = await startModel(says('Half', { stop: 'max_tokens', usage: { input: 5, output: 7 } }))
    const { events } = await call(engine)
    expect(events.find(({ type }) => type === 'usage')).toMatchObject({ usage: { totalTokens: 12 } })
  })

  it('leaves a fault that is no fault of the service as it is', () => {
    expect(toFailure(new TypeError('undefined is not a function'))).toBeUndefined()
  })
})

describe('an abort', () => {
  it.each<[string, Turn]>([
    ['before the first word', hangs()],
    ['in the middle', says('One two three', { chunkSize: 4, broken: { after: 1, by: 'silence' } })],
  ])('%s ends the call with its reason, and the request', async (_, turn) => {
    const { engine, server } = await startModel(turn)
    const controller = new AbortController()
    const reason = new Error('the race is lost')
    const generator = engine.runStep(createStepContext({ signal: controller.signal }))
    const rest = drain(generator)
    await server.waitFor(() => true)
    controller.abort(reason)
    await expect(rest).rejects.toBe(reason)
    await server.waitFor(({ state }) => state === 'left')
  })

  it('by a reader that leaves ends the request', async () => {
    const { engine, server } = await startModel(says('One two', { broken: { after: 1, by: 'silence' } }))
    const generator = engine.runStep(createStepContext())
    await generator.next()
    await generator.return({ status: 'failed', output: '' })
    await server.waitFor(({ state }) => state === 'left')
  })
})

async function drain(generator: AsyncGenerator<EngineEvent, unknown, void>): Promise<void> {
  for await (const _ of generator);
}
