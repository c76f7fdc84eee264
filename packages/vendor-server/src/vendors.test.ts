import { createAnthropic } from '@ai-sdk/anthropic'
import { createGoogleGenerativeAI } from '@ai-sdk/google'
import { createOpenAICompatible } from '@ai-sdk/openai-compatible'
import {
  APICallError,
  generateText,
  jsonSchema,
  type LanguageModel,
  Output,
  stepCountIs,
  streamText,
  tool,
} from 'ai'
import { afterAll, describe, expect, it } from 'vitest'
import { startVendorServer } from './server.ts'
import { fails, gives, hangs, says, uses } from './turn.ts'

// The `ai` SDK is an independent reader of what each vendor says.
const broken = (by: 'cut' | 'error' | 'silence') =>
  says('one two three', { chunkSize: 4, broken: { after: 2, by } })
const add = (a: number, b: number) => ({ name: 'add', input: { a, b } })
const server = await startVendorServer({
  script: {
    tool: [uses('add', { a: 2, b: 3 }), ({ results }) => says(`It is ${results[0]?.text}.`)],
    several: [
      says('Let me see.', { tools: [add(1, 1), add(2, 2)] }),
      ({ results }) => says(results.map(({ text }) => text).join(' and ')),
    ],
    data: gives({ sum: 5 }),
    thinking: says('Yes.', { thinking: 'Hm.' }),
    refusal: says('I may not.', { stop: 'refusal' }),
    length: says('And so', { stop: 'max_tokens' }),
    counted: says('Hi', { usage: { input: 700, output: 11 } }),
    busy: fails(429, { retryAfterSeconds: 7, message: 'Slow down' }),
    cut: broken('cut'),
    error: broken('error'),
    silence: broken('silence'),
    hang: hangs(),
    otherwise: says('Hello, this is a test.', { chunkSize: 5 }),
  },
})
afterAll(() => server.close())

const apiKey = 'key-1'
const models: readonly (readonly [string, LanguageModel])[] = [
  ['anthropic', createAnthropic({ baseURL: `${server.url}/v1`, apiKey })('claude-sonnet-4-5')],
  ['gemini', createGoogleGenerativeAI({ baseURL: `${server.url}/v1beta`, apiKey })('m-1')],
  [
    'openai',
    createOpenAICompatible({
      name: 'loopback',
      baseURL: `${server.url}/v1`,
      apiKey,
      includeUsage: true,
      supportsStructuredOutputs: true,
    })('m-1'),
  ],
]

const tools = {
  add: tool({
    inputSchema: jsonSchema<{ a: number; b: number }>({ type: 'object' }),
    execute: async ({ a, b }) => `${a + b}`,
  }),
}

describe.each(models)('%s', (vendor, model) => {
  const call = (prompt: string) => ({
    model,
    prompt,
    system: 'Be kind.',
    tools,
    stopWhen: stepCountIs(3),
    maxRetries: 0,
  })
  const mine = (name: string) =>
    server.requests.filter((it) => it.vendor === vendor && it.question?.case === name)

  it('a streamed text comes in its chunks, with usage and a reason to stop', async () => {
    const { fullStream } = streamText(call('Hi'))
    const chunks: string[] = []
    let last: object = {}
    for await (const part of fullStream) {
      if (part.type === 'text-delta' && part.text !== '') chunks.push(part.text)
      last = part
    }
    expect(chunks).toEqual(['Hello', ', thi', 's is ', 'a tes', 't.'])
    expect(last).toMatchObject({ finishReason: 'stop', totalUsage: { outputTokens: 6 } })
  })

  it('a text that is not streamed is whole', async () => {
    expect((await generateText(call('Hi'))).text).toBe('Hello, this is a test.')
  })

  it.each([true, false])('a tool is used and its result goes back (streamed: %s)', async (isStreamed) => {
    const result = isStreamed ? streamText(call('[case:tool]')) : await generateText(call('[case:tool]'))
    expect(await result.text).toBe('It is 5.')
    expect(mine('tool').at(-1)?.question).toMatchObject({ turn: 1, system: 'Be kind.', tools: ['add'] })
  })

  it('a turn may say something and use several tools', async () => {
    const { text, steps } = await generateText(call('[case:several]'))
    expect(steps[0]?.text).toBe('Let me see.')
    expect(text).toBe('2 and 4')
  })

  it('structured output is JSON where the request has no tool for it', async () => {
    const schema = jsonSchema<{ sum: number }>({ type: 'object' })
    const { output } = await generateText({ model, prompt: '[case:data]', output: Output.object({ schema }) })
    expect(output).toEqual({ sum: 5 })
  })

  it('thoughts come apart from the answer', async () => {
    const result = streamText(call('[case:thinking]'))
    expect([await result.text, await result.reasoningText]).toEqual(['Yes.', 'Hm.'])
  })

  it.each([
    ['refusal', 'content-filter'],
    ['length', 'length'],
  ])('a %s is told as the reason to stop', async (name, reason) => {
    expect(await streamText(call(`[case:${name}]`)).finishReason).toBe(reason)
  })

  it('usage is what the script says', async () => {
    const { usage } = await generateText(call('[case:counted]'))
    expect(usage).toMatchObject({ inputTokens: 700, outputTokens: 11 })
    expect(await streamText(call('[case:counted]')).usage).toMatchObject({
      inputTokens: 700,
      outputTokens: 11,
    })
  })

  it('a refusal has status, words and the time to wait', async () => {
    const thrown = await generateText(call('[case:busy]')).catch((error) => error)
    expect(APICallError.isInstance(thrown)).toBe(true)
    expect(thrown).toMatchObject({ statusCode: 429, message: 'Slow down', isRetryable: true })
    expect(thrown.responseHeaders).toMatchObject({ 'retry-after': '7' })
  })

  it.each(['cut', 'error'])('a stream breaks after its chunks: %s', async (by) => {
    const seen: string[] = []
    const result = streamText({ ...call(`[case:${by}]`), onError: () => undefined })
    const read = async () => {
      for await (const part of result.fullStream) {
        if (part.type === 'text-delta') seen.push(part.text)
        if (part.type === 'error') throw part.error
      }
    }
    await expect(read()).rejects.toBeDefined()
    expect(seen.join('')).toBe('one two ')
    expect(mine(by)[0]?.state).toBe('broken')
  })

  it.each(['silence', 'hang'])('a client that goes away ends its response: %s', async (name) => {
    const leaving = new AbortController()
    const result = streamText({ ...call(`[case:${name}]`), abortSignal: leaving.signal })
    const text = result.consumeStream()
    await server.waitFor((it) => it.vendor === vendor && it.question?.case === name && it.state === 'open')
    leaving.abort()
    await text
    const left = await server.waitFor(
      (it) => it.vendor === vendor && it.question?.case === name && it.state !== 'open',
    )
    expect(left.state).toBe('left')
  })

  it('a key is needed, and never recorded', async () => {
    await generateText(call('[case:counted]'))
    expect(JSON.stringify(server.requests)).not.toContain(apiKey)
    const { path } = mine('counted')[0] ?? {}
    const refused = await fetch(`${server.url}${path}`, { method: 'POST', body: '{}' })
    expect(refused.status).toBe(401)
  })
})
