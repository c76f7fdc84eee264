import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { createStepContext } from '@batonjs/testkit'
import { afterAll, describe, expect, it } from 'vitest'
import { callGemini, createScripted, failureOf, isAlive, makePlace } from './scripted-gemini.fixture.ts'

const place = makePlace()
afterAll(() => place.remove())
const engine = createScripted(place)
const lists = { allow: [], deny: [], otherwise: 'ask' } as const

describe('what headless Gemini says', () => {
  it('is chunks, an answer, usage and a session', async () => {
    const { events, result } = await callGemini(engine, { prompt: 'Hello' })
    expect(events.map(({ type }) => type)).toEqual([
      'session',
      'token_chunk',
      'token_chunk',
      'message',
      'usage',
    ])
    expect(events.at(-1)).toEqual({
      type: 'usage',
      usage: { inputTokens: 120, outputTokens: 9, totalTokens: 129 },
    })
    expect(result).toEqual({ status: 'succeeded', output: 'Hello there. (heard 1)' })
  })

  it('pairs its tools, and the answer is what comes after them', async () => {
    const { events, result } = await callGemini(engine, { prompt: 'Use a tool' })
    const input = { file_path: 'hello.txt', content: 'hello from gemini\n' }
    expect(events).toContainEqual(expect.objectContaining({ type: 'tool_start', tool: 'write_file', input }))
    expect(events).toContainEqual(
      expect.objectContaining({ type: 'tool_end', tool: 'write_file', success: true }),
    )
    expect(result.output).toMatch(/^Hello there\. /)
  })

  it('engines.md §3: may be a line of 3 MB', async () => {
    const { events } = await callGemini(engine, { prompt: 'Something huge' })
    const end = events.find((event) => event.type === 'tool_end')
    expect(end?.type === 'tool_end' ? end.output : '').toHaveLength(1_500_000)
  })

  it('engines.md §3: is not what stands on stderr, what is no JSON, what is of tomorrow, or the prompt', async () => {
    const { events, result } = await callGemini(engine, { prompt: 'With noise' })
    expect(result).toEqual({ status: 'succeeded', output: 'Fine.' })
    expect(events.map(({ type }) => type)).toEqual(['session', 'token_chunk', 'message'])
  })
})

describe('how a headless run ends', () => {
  it.each([
    ['http-401', 'auth', /^fake 401 for E401$/],
    ['http-429', 'rate_limit', /^fake 429 for E429\nSuggested retry after 2s\.$/],
    ['daily-quota', 'quota', /^You have exhausted your daily quota on this model\.$/],
    ['http-503', 'overloaded', /^fake 503 for E503$/],
    ['forbidden', 'invalid_request', /^It is forbidden$/],
    ['empty-answer', 'bad_output', /^The model returned an empty response/],
    ['turns', 'bad_output', /^Reached max session turns$/],
    ['silence', 'bad_output', /^Gemini ended without an answer$/],
    ['ended', 'canceled', /^Gemini was ended from outside/],
    ['killed', 'engine_unavailable', /^Gemini was ended by SIGKILL before it had an answer/],
    [
      'untrusted',
      'permission_denied',
      /exited with 55 .*: Gemini CLI is not running in a trusted directory\.$/,
    ],
    ['login', 'auth', /exited with 41 before it had an answer: Invalid auth method selected\.$/],
  ])('engines.md §3: %s is %s', async (prompt, code, message) => {
    const failure = await failureOf(engine, prompt)
    expect(failure).toMatchObject({ code, message: expect.stringMatching(message) })
  })

  it('B1: a wait that the service asks for is told', async () => {
    expect(await failureOf(engine, 'http-429')).toMatchObject({ retryable: true, retryAfterMs: 2_000 })
  })

  it('fault row 32: may be tried again when the system has killed it', async () => {
    expect(await failureOf(engine, 'killed')).toMatchObject({ retryable: true })
  })

  it('is at once when the call is aborted while the program is started', async () => {
    for (const turns of [0, 1, 2, 4, 8, 16, 64]) {
      const controller = new AbortController()
      const call = engine.runStep(createStepContext({ prompt: 'slowly', signal: controller.signal }))
      const first = readToEnd(call)
      for (let turn = 0; turn < turns; turn += 1) await new Promise(setImmediate)
      controller.abort(new Error('stop'))
      await expect(first).rejects.toThrow('stop')
    }
  })

  it('engines.md §3: an abort leaves nothing behind, not even a shell in a session of its own', async () => {
    const controller = new AbortController()
    const call = engine.runStep(createStepContext({ prompt: 'orphan', signal: controller.signal }))
    let pid = 0
    while (pid === 0) {
      const { text } = { text: '', ...(await call.next()).value }
      pid = Number(/^pid (\d+)/.exec(text)?.[1] ?? 0)
    }
    expect(isAlive(pid)).toBe(true)
    const before = performance.now()
    controller.abort(new Error('stop'))
    await expect(call.next()).rejects.toThrow('stop')
    expect(performance.now() - before).toBeLessThan(5_000)
    expect(isAlive(pid)).toBe(false)
  })
})

describe('what headless Gemini is given', () => {
  const lastCall = async (options: Parameters<typeof callGemini>[1]) => {
    await callGemini(engine, options)
    return place.calls().at(-1)
  }

  it('engines.md §3: a model, the prompt on stdin, and the word that the folder is trusted', async () => {
    expect(await lastCall({ prompt: 'Hello' })).toMatchObject({
      prompt: 'Hello',
      model: 'gemini-2.5-pro',
      'output-format': 'stream-json',
      'approval-mode': 'default',
      policy: '',
      trusted: 'true',
    })
    expect(await lastCall({ prompt: 'Hello', model: 'small' })).toMatchObject({ model: 'small' })
  })

  it('law 7: only what the host allows beforehand, and never what it denies', async () => {
    const permissions = { ...lists, allow: ['write_file', 'run_*'], deny: ['web_fetch', 'mcp_mail_*'] }
    const call = await lastCall({ prompt: 'Hello', permissions })
    expect(call?.['approval-mode']).toBe('default')
    expect(call?.policy?.match(/toolName = .*\ndecision = .*/g)).toEqual([
      'toolName = "web_fetch"\ndecision = "deny"',
      'toolName = "mcp_mail_*"\ndecision = "deny"',
      'toolName = "write_file"\ndecision = "allow"',
    ])
  })

  it('law 7: everything only when the host allows whatever it does not deny, or says so of Gemini', async () => {
    const permissions = { ...lists, otherwise: 'allow', deny: ['web_fetch'] } as const
    const call = await lastCall({ prompt: 'Hello', permissions })
    expect(call).toMatchObject({ 'approval-mode': 'yolo', policy: expect.stringContaining('"web_fetch"') })
    const all = await lastCall({ prompt: 'Hello', permissions: { ...lists, allow: ['*'] } })
    expect(all).toMatchObject({ 'approval-mode': 'yolo' })
    await callGemini(createScripted(place, { approvalMode: 'plan' }), { prompt: 'Hello', permissions })
    expect(place.calls().at(-1)).toMatchObject({ 'approval-mode': 'plan' })
  })

  it('law 7: nothing but what is allowed when everything else is denied', async () => {
    const permissions = { allow: ['read_file'], deny: [], otherwise: 'deny' } as const
    const call = await lastCall({ prompt: 'Hello', permissions })
    expect(call?.policy?.match(/toolName.*|decision.*|priority.*/g)).toEqual([
      'toolName = "read_file"',
      'decision = "allow"',
      'priority = 900',
      'toolName = "*"',
      'decision = "deny"',
      'priority = 850',
    ])
  })

  it('law 7: fails rather than ignoring a denial that Gemini does not understand', async () => {
    const call = callGemini(engine, { prompt: 'Hello', permissions: { ...lists, deny: ['run_*'] } })
    await expect(call).rejects.toMatchObject({
      code: 'invalid_request',
      message: expect.stringContaining('"run_*"'),
    })
  })

  it('law 7: a prompt, also when it begins like a command or names a file', async () => {
    writeFileSync(join(place.path, 'secret.txt'), '')
    expect(await lastCall({ prompt: '/extensions install evil' })).toMatchObject({
      prompt: '\n/extensions install evil',
    })
    expect(await lastCall({ prompt: 'ask ada@example.org about @secret.txt, @gone.txt.' })).toMatchObject({
      prompt: 'ask ada@example.org about \\@secret.txt, @gone.txt.',
    })
  })

  it('a session to go on with, and only what is new to say', async () => {
    const first = await callGemini(engine, { prompt: 'Hello' })
    const told = first.events.find((event) => event.type === 'session')
    const session = told?.type === 'session' ? told.session : null
    const again = { prompt: 'Hello', continuation: 'Go on.', session, attempt: 2 }
    const { events, result } = await callGemini(engine, again)
    expect(result.output).toBe('Hello there. (heard 2)')
    expect(events).toContainEqual({ type: 'session', session })
    expect(place.calls().at(-1)).toMatchObject({ prompt: 'Go on.' })
  })

  it('no session of another engine', async () => {
    const session = { kind: 'another', sessionId: '11111111-1111-4111-8111-111111111111' }
    expect(await lastCall({ prompt: 'Hello', session })).not.toHaveProperty('resume')
  })

  it('engines.md §3: the whole prompt anew when it does not know the session any more', async () => {
    const session = { kind: 'gemini', sessionId: '11111111-1111-4111-8111-111111111111' }
    const { events, result } = await callGemini(engine, { prompt: 'Hello', continuation: 'Go on.', session })
    expect(result).toMatchObject({ status: 'succeeded', output: 'Hello there. (heard 1)' })
    expect(events.filter(({ type }) => type === 'session')).toHaveLength(1)
  })
})

async function readToEnd(call: AsyncGenerator): Promise<void> {
  while ((await call.next()).done !== true);
}
