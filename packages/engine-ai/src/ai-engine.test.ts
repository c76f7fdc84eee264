import { testEngine } from '@batonjs/testkit'
import { gives, says, startVendorServer, uses } from '@batonjs/vendor-server'
import { tool } from 'ai'
import { afterAll, describe, expect, it } from 'vitest'
import { z } from 'zod'
import { createAiEngine } from './ai-engine.ts'
import type { AiEngineOptions } from './ai-options.ts'
import { call, modelAt, startModel } from './loopback.fixture.ts'

const weather = tool({
  inputSchema: z.object({ city: z.string() }),
  execute: async ({ city }) => `rain in ${city}`,
})

const service = await startVendorServer({
  script: {
    failing: () => ({ kind: 'failure', status: 403 }),
    slow: says('One word after the other.', { broken: { after: 1, by: 'silence' } }),
    proposing: [uses('weather', { city: 'Kiel' }), says('It rains.')],
    otherwise: ({ prompt }) =>
      prompt.includes('<baton:format>') ? undefined : says(`You said ${prompt.length} characters.`),
  },
})
afterAll(() => service.close())

testEngine(
  'an engine of the ai SDK, over HTTP',
  () => createAiEngine({ model: modelAt(service.url), tools: { weather } }),
  {
    test: { describe, it },
    graceMs: 1_000,
    scenarios: {
      failing: { prompt: '[case:failing]' },
      slow: { prompt: '[case:slow]' },
      proposing: { prompt: '[case:proposing]' },
    },
  },
)

describe('an engine of the ai SDK', () => {
  it('streams the text, tells tokens and cost so far, and names the model that answered', async () => {
    const { engine } = await startModel(
      says(['Good ', 'morning'], { usage: { input: 1_000, output: 500 } }),
      {
        prices: { 'loopback-1': { input: 2, output: 10 } },
      },
    )
    const { events, result } = await call(engine)
    const usage = { inputTokens: 1_000, outputTokens: 500, totalTokens: 1_500 }
    expect(events).toEqual([
      { type: 'token_chunk', text: 'Good ' },
      { type: 'token_chunk', text: 'morning' },
      { type: 'usage', usage, costUsd: 0.007 },
      { type: 'message', role: 'assistant', content: 'Good morning' },
    ])
    expect(result).toEqual({
      status: 'succeeded',
      output: 'Good morning',
      usage,
      costUsd: 0.007,
      model: 'loopback-1',
    })
  })

  it('B3: says nothing of the cost of a model without a price', async () => {
    const { engine } = await startModel(says('Hi'), { prices: { another: { input: 1, output: 1 } } })
    expect((await call(engine)).result).not.toHaveProperty('costUsd')
  })

  it('B3: says beforehand that it tells no cost when it has no price at all', () => {
    const model = modelAt('http://127.0.0.1:9')
    expect(createAiEngine({ model }).tellsCost).toBe(false)
    expect(createAiEngine({ model, prices: {} }).tellsCost).toBeUndefined()
  })

  it('says what always holds as the system message, and the rest as the prompt', async () => {
    const { engine, server } = await startModel(says('Hi'), { system: 'Be brief.' })
    const promptParts = { system: 'You are a critic.', history: '', task: 'Judge.', format: '', repair: '' }
    await call(engine, { prompt: 'You are a critic.\n\nJudge.', promptParts })
    expect(server.requests[0]?.body).toMatchObject({
      messages: [
        { role: 'system', content: 'You are a critic.\n\nBe brief.' },
        { role: 'user', content: 'Judge.' },
      ],
    })
  })

  it('hands settings to the model, and lets the step choose it', async () => {
    const { server } = await startModel(says('Hi'))
    const asked: (string | undefined)[] = []
    const engine = createAiEngine({
      model: (name) => {
        asked.push(name)
        return modelAt(server.url, name)
      },
      settings: { temperature: 0.5, maxOutputTokens: 100 },
    })
    const { result } = await call(engine, { model: 'large' })
    expect(asked).toEqual(['large'])
    expect(server.requests[0]?.body).toMatchObject({ model: 'large', temperature: 0.5, max_tokens: 100 })
    expect(result).not.toHaveProperty('model')
  })

  it('law 6: refuses a step that asks for another model than the one there is', async () => {
    const { engine, server } = await startModel(says('Hi'))
    await expect(call(engine, { model: 'large' })).rejects.toMatchObject({
      code: 'invalid_request',
      retryable: false,
      message: expect.stringContaining('"large"'),
    })
    expect(server.requests).toEqual([])
    expect((await call(engine, { model: 'loopback-1' })).result.status).toBe('succeeded')
  })

  it('hands the schema to the model and its JSON to core, which judges it', async () => {
    const outputSchema = { type: 'object', properties: { bugs: { type: 'number' } }, required: ['bugs'] }
    const { engine, server } = await startModel(gives({ bugs: 'many' }))
    const { result } = await call(engine, { outputSchema })
    expect(result).toMatchObject({ status: 'succeeded', data: { bugs: 'many' } })
    expect(server.requests[0]?.body).toMatchObject({
      response_format: { type: 'json_schema', json_schema: { schema: outputSchema } },
    })
    server.script(says('Sure: {"bugs": 1}'))
    const loose = await call(engine, { outputSchema })
    expect(loose.result).toMatchObject({ status: 'succeeded', output: 'Sure: {"bugs": 1}' })
    expect(loose.result).not.toHaveProperty('data')
  })

  it.each([
    ['it is told so', { type: 'object' }, { structuredOutput: false }],
    ['the schema is of no object, which services refuse', { type: 'array' }, {}],
  ])('leaves the schema to the prompt when %s', async (_, outputSchema, options) => {
    const { engine, server } = await startModel(gives([1]), options)
    expect((await call(engine, { outputSchema })).result.data).toEqual([1])
    expect(server.requests[0]?.body).not.toHaveProperty('response_format')
  })

  it('tells what it is for the receipt, and without a call that it can run', async () => {
    const model = modelAt('http://127.0.0.1:9')
    const engine = createAiEngine({ model, account: 'team', secrets: ['dummy'] })
    expect(engine).toMatchObject({
      id: 'ai',
      mode: 'sdk',
      version: expect.stringMatching(/^6\./),
      provider: 'loopback.chat',
      account: 'team',
      secrets: ['dummy'],
    })
    expect(await engine.probe?.()).toMatchObject({ available: true, version: engine.version })
  })

  it('law 5: takes the keys in its headers for secrets', () => {
    const model = modelAt('http://127.0.0.1:9')
    const headers = { Authorization: 'Bearer sk-1', 'x-api-key': 'sk-2', 'x-title': 'My host' }
    const engine = createAiEngine({ model, secrets: ['sk-2', 'sk-3'], settings: { headers } })
    expect(engine.secrets).toEqual(['sk-2', 'sk-3', 'Bearer sk-1', 'sk-1'])
  })

  it('uses the SDK that it is given', async () => {
    const streamText = () => {
      throw new Error('the given one')
    }
    const { jsonSchema, Output } = await import('ai')
    const engine = createAiEngine({ model: 'any/model', ai: { streamText, jsonSchema, Output } })
    expect(engine).not.toHaveProperty('version')
    await expect(call(engine)).rejects.toThrow('the given one')
  })
})

describe('createAiEngine', () => {
  const model = modelAt('http://127.0.0.1:9')
  const declared = tool({ inputSchema: z.object({}) })
  // A tool that the vendor runs, as provider packages make them.
  const search = { type: 'provider', id: 'vendor.search', args: {}, inputSchema: z.object({}) } as never

  it.each<[string, object, string]>([
    ['no model', {}, 'options.model is missing. It must be a model of the ai SDK'],
    ['what is no model', { model: { name: 'x' } }, 'options.model is an object, but must be a model'],
    ['a misspelt option', { model, maxStep: 3 }, 'Did you mean "maxSteps"?'],
    ['an id that is none', { model, id: 'My AI' }, 'kebab-case'],
    ['a tool that nobody runs', { model, tools: { declared } }, 'must be a tool with "execute"'],
    ['a tool of the vendor that cannot ask', { model, tools: { search } }, 'needsApproval: false'],
    ["a setting that is the engine's", { model, settings: { maxRetries: 2 } }, 'options.settings.maxRetries'],
    [
      'a price below zero',
      { model, prices: { a: { input: -1, output: 1 } } },
      'options.prices.a.input is -1',
    ],
    ['another module', { model, ai: {} }, 'options.ai.streamText is missing'],
  ])('law 6: refuses %s', (_, options, message) => {
    // What JavaScript may hand over.
    expect(() => createAiEngine(options as AiEngineOptions)).toThrow(
      expect.objectContaining({ code: 'options_invalid', message: expect.stringContaining(message) }),
    )
  })

  it('law 7: takes a tool of the vendor that the host allows', () => {
    const allowed = { ...(search as object), needsApproval: false } as never // As above.
    expect(() => createAiEngine({ model, tools: { allowed } })).not.toThrow()
  })
})
