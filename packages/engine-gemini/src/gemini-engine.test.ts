import * as sdk from '@agentclientprotocol/sdk'
import { testEngine } from '@batonjs/testkit'
import { afterAll, describe, expect, it } from 'vitest'
import { createGeminiEngine } from './gemini-engine.ts'
import type { GeminiEngineOptions } from './gemini-options.ts'
import { callGemini, createScripted, makePlace } from './scripted-gemini.fixture.ts'

const place = makePlace()
afterAll(() => place.remove())

const scenarios = {
  failing: { prompt: 'Do something forbidden.' },
  slow: { prompt: 'Answer slowly.' },
}

testEngine('Gemini, headless', () => createScripted(place), {
  test: { describe, it },
  graceMs: 4_500,
  scenarios,
  skip: {
    'approved-action': 'headless Gemini cannot ask',
    'approved-is-done': 'headless Gemini cannot ask',
    'rejected-action': 'headless Gemini cannot ask',
    'people-fail': 'headless Gemini cannot ask',
  },
})

testEngine('Gemini over ACP', () => createScripted(place, { mode: 'acp', sdk }), {
  test: { describe, it },
  graceMs: 4_500,
  scenarios: { ...scenarios, proposing: { prompt: 'Write a file.' } },
})

describe('the options of a Gemini engine', () => {
  it.each<[object, RegExp]>([
    [{ mode: 'headless' }, /options\.mode is "headless", but must be "acp", "cli" or "real"/],
    [{ modell: 'x' }, /options\.modell is unknown\. Did you mean "model"\?/],
    [{ env: { PATH: 1 } }, /options\.env .* must be an object with a text for each name/],
    [{ approvalMode: 'yes' }, /options\.approvalMode is "yes"/],
    [{ mode: 'cli', mcpServers: [] }, /options\.mcpServers needs mode "acp"/],
    [{ mode: 'cli', trustWorkspace: false }, /mode "cli" runs in no other workspace/],
    [{ mcpServers: [] }, /options\.mcpServers needs options\.trustWorkspace: true/],
    [{ approvalMode: 'yolo' }, /options\.approvalMode "yolo" needs options\.trustWorkspace: true/],
  ])('law 6: %j is refused before anything starts', (options, message) => {
    const told = { code: 'options_invalid', message: expect.stringMatching(message) }
    // JavaScript may hand over anything.
    const taken = options as GeminiEngineOptions
    expect(() => createGeminiEngine(taken)).toThrow(expect.objectContaining(told))
  })

  it('law 7: without any, Gemini asks and does not trust the folder', async () => {
    const env = { PATH: process.env.PATH ?? '', HOME: place.path }
    expect(createGeminiEngine({ env })).toMatchObject({ id: 'gemini', mode: 'acp', provider: 'google' })
    const engine = createScripted(place, { mode: 'acp', sdk })
    const { result } = await callGemini(engine, { prompt: 'Hello' })
    expect(result.output).toBe('gemini-2.5-pro default undefined')
  })

  it('real is another word for cli', () => {
    expect(createScripted(place, { mode: 'real' }).mode).toBe('cli')
  })

  it('model and approval mode reach the agent in its own words', async () => {
    const trusting = { trustWorkspace: true, approvalMode: 'auto_edit' } as const
    const engine = createScripted(place, { mode: 'acp', sdk, model: 'small', ...trusting })
    expect((await callGemini(engine, { prompt: 'Hello' })).result.output).toBe('small autoEdit true')
    const { result } = await callGemini(engine, { prompt: 'Hello', model: 'large' })
    expect(result.output).toBe('large autoEdit true')
  })

  it('a tool is named as policies name it, and allowed once', async () => {
    const { approvals, events } = await callGemini(createScripted(place, { mode: 'acp', sdk }), {
      prompt: 'Write it',
    })
    expect(approvals).toMatchObject([{ name: 'write_file', input: { title: 'Writing to a.txt' } }])
    expect(events).toContainEqual(
      expect.objectContaining({ type: 'tool_end', tool: 'write_file', success: true }),
    )
  })

  it('law 7: what the host denies is told to Gemini, which does not ask for all that it does', async () => {
    const permissions = { allow: ['glob'], deny: ['read_file', 'run_*'], otherwise: 'ask' } as const
    const engine = createScripted(place, { mode: 'acp', sdk })
    await callGemini(engine, { prompt: 'Hello', permissions })
    const { policy } = place.calls().at(-1) ?? {}
    expect(policy?.match(/toolName.*|decision.*/g)).toEqual(['toolName = "read_file"', 'decision = "deny"'])
    expect(engine.version).toBe('0.61.0')
    await callGemini(engine, { prompt: 'Hello' })
    expect(place.calls().at(-1)).toMatchObject({ policy: '' })
  })

  it.each(['acp', 'cli'] as const)('B3: mode %s says that it never tells a cost', (mode) => {
    expect(createScripted(place, { mode }).tellsCost).toBe(false)
  })

  it('engines.md §3: over ACP a call begins anew, for session/load loses the session', async () => {
    const engine = createScripted(place, { mode: 'acp', sdk })
    const session = { sessionId: 'from-before' }
    const { events } = await callGemini(engine, { prompt: 'Hello', continuation: 'Go on.', session })
    expect(events.find(({ type }) => type === 'session')).not.toEqual({ type: 'session', session })
  })
})
