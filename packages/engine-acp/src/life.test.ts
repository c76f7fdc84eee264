import { spawnSync } from 'node:child_process'
import { createStepContext } from '@batonjs/testkit'
import { afterAll, describe, expect, it } from 'vitest'
import { callAgent, createScripted, failureOf, makeFolder, program } from './scripted-agent.fixture.ts'

const folder = makeFolder()
afterAll(() => folder.remove())
const workspace = folder.path

const sessionIn = (events: readonly object[]) =>
  events
    .map((event) => ({ type: '', session: undefined, ...event }))
    .findLast(({ type }) => type === 'session')?.session

describe('a session', () => {
  it.each([
    ['session/load', 'load'],
    ['session/resume', 'resume'],
  ])('goes on in the next attempt with %s, and only says what is new', async (_, CONTINUES) => {
    const engine = createScripted(folder.path, { CONTINUES })
    const first = await callAgent(engine, { prompt: 'One', workspace })
    const session = sessionIn(first.events)
    const second = await callAgent(engine, {
      prompt: 'One',
      continuation: 'Go on.',
      workspace,
      attempt: 2,
      ...(session === undefined ? {} : { session }),
    })
    expect(second.result).toMatchObject({ output: 'small careful heard 2: Go on.', costUsd: 0.5 })
    expect(JSON.stringify(second.events)).not.toMatch(/OLD WORDS|"old"/)
    expect(sessionIn(second.events)).toEqual({ ...Object(session), costUsd: 1 })
    // A call that dies now has told what the session had cost before.
    expect(sessionIn(second.events.slice(0, 1))).toEqual(session)
  })

  it.each(['load', 'resume'])(
    'law 7: has nothing of the workspace and nothing that is denied in it, also when it goes on with %s',
    async (CONTINUES) => {
      const engine = createScripted(folder.path, { CONTINUES }, { preset: 'claude', ...program })
      const permissions = { allow: [], deny: ['Bash', 'mcp__*'], otherwise: 'ask' } as const
      const call = { prompt: 'meta', workspace, permissions }
      const first = await callAgent(engine, call)
      const session = sessionIn(first.events) ?? null
      const second = await callAgent(engine, { ...call, session, attempt: 2 })
      for (const { result } of [first, second])
        expect(JSON.parse(result.output)).toEqual({
          claudeCode: { options: { disallowedTools: ['Bash'], settingSources: [] } },
        })
      expect(sessionIn(second.events)).toEqual(session)
    },
  )

  it('has the settings of the workspace when the host trusts it', async () => {
    const options = { preset: 'claude', trustWorkspace: true, ...program } as const
    const { result } = await callAgent(createScripted(folder.path, {}, options), {
      prompt: 'meta',
      workspace,
    })
    expect(JSON.parse(result.output)).toEqual({ claudeCode: { options: { disallowedTools: [] } } })
  })

  it.each([
    ['the agent cannot go on', '', {}],
    ['it says that it can and cannot (gemini)', 'load', { quirks: { continues: false } }],
  ])('begins anew when %s', async (_, CONTINUES, options) => {
    const engine = createScripted(folder.path, { CONTINUES }, options)
    const session = sessionIn((await callAgent(engine, { prompt: 'One', workspace })).events)
    const again = { prompt: 'One', continuation: 'Go on.', workspace, session: session ?? null }
    expect((await callAgent(engine, again)).result.output).toBe('small careful heard 1: One')
  })

  it.each<[string, object | string]>([
    ['is not known any more', { kind: 'acp', sessionId: 'gone' }],
    ["is another engine's", { kind: 'gemini', sessionId: 'gone' }],
    ['is none', 'what another engine told'],
  ])('begins anew with the whole prompt when it %s', async (_, session) => {
    const engine = createScripted(folder.path, { CONTINUES: 'load resume' })
    const context = { prompt: 'One', continuation: 'Go on.', workspace, session: Object(session).valueOf() }
    const { events, result } = await callAgent(engine, context)
    expect(result.output).toBe('small careful heard 1: One')
    expect(sessionIn(events)).not.toEqual(session)
  })

  it('has the model and the mode that were asked for, and nothing of what the agent says to that', async () => {
    for (const CONTINUES of ['list', 'option']) {
      const engine = createScripted(folder.path, { CONTINUES }, { model: 'small', mode: 'plan' })
      const { result } = await callAgent(engine, { prompt: 'One', model: 'large', workspace })
      expect(result.output).toBe('large plan heard 1: One')
    }
  })

  it.each([
    ['offers others', 'list', 'huge', /refuses the model "huge".* It offers small, large/],
    ['offers others, in groups', 'option', 'lage', /Did you mean "large"\? It offers small, large/],
    ['offers none', '', 'large', /lets nobody choose a model\. Leave "large" out/],
  ])('law 6: tells when the agent %s', async (_, CONTINUES, model, message) => {
    const engine = createScripted(folder.path, { CONTINUES })
    const failure = await failureOf(engine, { prompt: 'One', model, workspace })
    expect(failure).toMatchObject({ code: 'invalid_request', retryable: false })
    expect(failure?.message).toMatch(message)
  })

  it('is given MCP servers in the words of the protocol', async () => {
    const engine = createScripted(
      folder.path,
      {},
      {
        mcpServers: [
          { name: 'files', command: 'files-mcp', env: { TOKEN: 'abcdefgh' } },
          { name: 'web', url: 'http://127.0.0.1:9/', headers: { authorization: 'Bearer 12345678' } },
        ],
      },
    )
    const { result } = await callAgent(engine, { prompt: 'One', workspace })
    expect(result.output).toBe('small careful heard 2: One')
    expect(engine.secrets).toEqual(['abcdefgh', 'Bearer 12345678'])
  })
})

describe('an agent', () => {
  it('is probed without a prompt: what it is, or what to do', async () => {
    const found = createScripted(folder.path)
    expect(await found.probe?.()).toEqual({ available: true, version: '1.2.3' })
    const missing = createScripted(folder.path, {}, { preset: 'codex', command: 'no-such-agent', args: [] })
    expect(await missing.probe?.()).toEqual({
      available: false,
      message: expect.stringMatching(/"no-such-agent" was not found\. Install it with: npm install -g /),
    })
  })

  it('has its version in the receipt once it was greeted', async () => {
    const engine = createScripted(folder.path)
    await callAgent(engine, { prompt: 'One', workspace })
    expect(engine.version).toBe('1.2.3')
  })

  it.each([
    ['is silent', 'silent', 700, /has not spoken the Agent Client Protocol within 700 ms/],
    ['speaks another version', 'version-2', 60_000, /speaks version 2 of the Agent Client Protocol, not 1/],
  ])('is unavailable when it %s', async (_, STARTS, startTimeoutMs, message) => {
    const engine = createScripted(folder.path, { STARTS }, { startTimeoutMs })
    expect(await engine.probe?.()).toEqual({ available: false, message: expect.stringMatching(message) })
    expect(await failureOf(engine, { prompt: 'One', workspace })).toMatchObject({
      code: 'engine_unavailable',
    })
  })

  it('that is not logged in fails with its own words', async () => {
    const engine = createScripted(folder.path, { STARTS: 'locked' })
    expect(await failureOf(engine, { prompt: 'One', workspace })).toMatchObject({
      code: 'auth',
      message: expect.stringContaining('Please log in'),
      retryable: false,
    })
  })

  it('is told to authenticate when the host says how', async () => {
    const right = createScripted(folder.path, {}, { authMethod: 'key' })
    expect((await callAgent(right, { prompt: 'One', workspace })).result.status).toBe('succeeded')
    const wrong = createScripted(folder.path, {}, { authMethod: 'none' })
    expect(await failureOf(wrong, { prompt: 'One', workspace })).toMatchObject({ code: 'auth' })
  })

  it('is gone when the SDK cannot speak to it', async () => {
    let pid = 0
    const sdk = {
      client() {
        pid = sleepers()[0] ?? 0
        throw new TypeError('It is no function')
      },
    }
    const engine = createScripted(folder.path, {}, { command: 'sleep', args: [UNUSUAL], sdk })
    expect(await failureOf(engine, { prompt: 'One', workspace })).toMatchObject({
      message: 'It is no function',
    })
    expect(pid).toBeGreaterThan(0)
    expect(isAlive(pid)).toBe(false)
  })

  it('that stays when its stdin ends is ended soon', async () => {
    const engine = createScripted(folder.path, { DEAF: 'yes' }, { quirks: { endsWithInput: false } })
    const before = performance.now()
    await callAgent(engine, { prompt: 'One', workspace })
    expect(performance.now() - before).toBeLessThan(2_500)
  })

  it('leaves nothing behind when the call is aborted, not even a shell in a session of its own', async () => {
    const engine = createScripted(folder.path, { DEAF: 'yes' })
    const controller = new AbortController()
    const call = engine.runStep(createStepContext({ prompt: 'orphan', workspace, signal: controller.signal }))
    let pid = 0
    while (pid === 0) pid = pidIn((await call.next()).value)
    expect(isAlive(pid)).toBe(true)
    const before = performance.now()
    controller.abort(new Error('stop'))
    await expect(call.next()).rejects.toThrow('stop')
    expect(performance.now() - before).toBeLessThan(5_000)
    expect(isAlive(pid)).toBe(false)
  })
})

const UNUSUAL = '98765.4'

function sleepers(): readonly number[] {
  const { stdout } = spawnSync('pgrep', ['-f', `^sleep ${UNUSUAL}$`], { encoding: 'utf8' })
  return stdout.split('\n').filter(Boolean).map(Number)
}

function pidIn(event: object): number {
  const { text } = { text: '', ...event }
  return Number(/^pid (\d+)/.exec(text)?.[1] ?? 0)
}

/** One that nobody has waited for is dead all the same. */
function isAlive(pid: number): boolean {
  const { stdout } = spawnSync('ps', ['-o', 'stat=', '-p', String(pid)], { encoding: 'utf8' })
  return /^\s*[^Z\s]/.test(stdout)
}
