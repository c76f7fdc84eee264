import { execFile } from 'node:child_process'
import { promisify } from 'node:util'
import { expect, it, onTestFinished } from 'vitest'
import type { Script } from './script.ts'
import { startVendorServer, type VendorServerOptions } from './server.ts'
import { fails, gives, hangs, says, uses } from './turn.ts'

async function serve(script: Script, options: VendorServerOptions = {}) {
  const server = await startVendorServer({ script, ...options })
  onTestFinished(() => server.close())
  const post = (body: object, { path = '/v1/messages', key = 'key-1' } = {}) =>
    fetch(`${server.url}${path}`, {
      method: 'POST',
      headers: { 'x-api-key': key, cookie: 'secret-1' },
      body: JSON.stringify({ model: 'm-1', ...body }),
    })
  const ask = async (...messages: object[]) => {
    // The tests look at what is in it.
    const { content } = (await (await post({ messages })).json()) as { content: readonly { text?: string }[] }
    return content[0]?.text
  }
  return { server, post, ask }
}

const user = (content: string) => ({ role: 'user', content })

it('a list of turns goes on within each conversation, however they mix', async () => {
  const { ask } = await serve({
    write: [uses('Write', {}), says('It is written.')],
    otherwise: says('Hello'),
  })
  const used = { role: 'assistant', content: [{ type: 'tool_use', id: 't', name: 'Write', input: {} }] }
  const result = { role: 'user', content: [{ type: 'tool_result', tool_use_id: 't', content: 'ok' }] }
  const answers = ['a', 'b'].flatMap((id) => [
    ask(user(`[case:write#${id}]`), used, result),
    ask(user(`[case:write#${id}]`)),
    ask(user('Hi')),
  ])
  expect(await Promise.all(answers)).toEqual(Array(2).fill(['It is written.', undefined, 'Hello']).flat())
})

it('a list that is used up says its last turn again', async () => {
  const { ask } = await serve([says('one')])
  expect(await ask(user('Hi'), { role: 'assistant', content: 'x' })).toBe('one')
})

it('a function may let the first try fail, and only that one', async () => {
  const { post, ask } = await serve(({ repeat }) => (repeat === 1 ? fails(529) : says('Now')))
  expect((await post({ messages: [user('Hi')] })).status).toBe(529)
  expect(await ask(user('Hi'))).toBe('Now')
  expect((await post({ messages: [user('Other')] })).status).toBe(529)
})

it('without a script the answer tells how long the prompt was', async () => {
  const { ask } = await serve(() => undefined)
  expect(await ask(user('Hello'))).toBe('You said 5 characters.')
})

it('a new script counts from then on', async () => {
  const { server, ask } = await serve(says('old'))
  server.script(says('new'))
  expect(await ask(user('Hi'))).toBe('new')
})

it('structured output goes through the tool for it, and is said once', async () => {
  const { post } = await serve(gives({ sum: 5 }))
  const tools = [{ name: 'StructuredOutput' }]
  const first = await (await post({ tools, messages: [user('Hi')] })).json()
  expect(first).toMatchObject({ content: [{ name: 'StructuredOutput', input: { sum: 5 } }] })
  const result = (is_error: boolean) => ({
    role: 'user',
    content: [{ type: 'tool_result', content: '', is_error }],
  })
  const again = await (await post({ tools, messages: [user('Hi'), result(true)] })).json()
  expect(again).toMatchObject({ content: [{ name: 'StructuredOutput' }] })
  const last = await (await post({ tools, messages: [user('Hi'), result(false)] })).json()
  expect(last).toMatchObject({ content: [{ type: 'text' }], stop_reason: 'end_turn' })
})

it.each([
  ['/v1/messages', { type: 'error', error: { type: 'rate_limit_error', message: 'Slow' } }],
  ['/v1/chat/completions', { error: { message: 'Slow', code: 'rate_limit_exceeded' } }],
  [
    '/v1beta/models/m:generateContent',
    { error: { code: 429, status: 'RESOURCE_EXHAUSTED', details: [{ retryDelay: '3s' }] } },
  ],
])('a refusal on %s has the body of the vendor', async (path, body) => {
  const { post } = await serve(fails(429, { message: 'Slow', retryAfterSeconds: 3, headers: { 'x-a': 'b' } }))
  const response = await post({ messages: [] }, { path })
  expect([response.status, response.headers.get('retry-after'), response.headers.get('x-a')]).toEqual([
    429,
    '3',
    'b',
  ])
  expect(await response.json()).toMatchObject(body)
})

it('a refusal may have a body of its own', async () => {
  const { post } = await serve(fails(502, { body: '<html>Bad gateway</html>' }))
  expect(await (await post({ messages: [] })).text()).toBe('<html>Bad gateway</html>')
})

it('only keys that are let in get an answer', async () => {
  const { post } = await serve(says('Hi'), { keys: ['key-1'] })
  expect((await post({ messages: [] }, { key: 'key-2' })).status).toBe(401)
  expect((await post({ messages: [] })).status).toBe(200)
})

it('an answer that breaks and is not streamed is never sent', async () => {
  const { server, post } = await serve(says('one', { broken: { after: 1, by: 'cut' } }))
  await expect(post({ messages: [user('Hi')] })).rejects.toThrow('fetch failed')
  expect((await server.waitFor(({ state }) => state !== 'open')).state).toBe('broken')
})

it('an answer waits in the middle for what the test says', async () => {
  let goOn = (): void => {}
  const until = new Promise<void>((resolve) => {
    goOn = resolve
  })
  const { post } = await serve(says(['one', 'two'], { held: { after: 1, until } }))
  const response = await post({ stream: true, messages: [user('Hi')] })
  let read = ''
  for await (const chunk of response.body ?? []) {
    read += Buffer.from(chunk).toString()
    if (!read.includes('two') && read.includes('one')) goOn()
  }
  expect(read).toMatch(/one.*two.*message_stop/s)
})

it('a request is recorded when it comes, without what is secret', async () => {
  const { server, post } = await serve(hangs())
  const left = new AbortController()
  const coming = server.waitFor(({ question }) => question?.case === 'a')
  const answer = fetch(`${server.url}/v1/messages`, {
    method: 'POST',
    headers: { authorization: 'Bearer key-1', 'x-app': 'cli' },
    body: JSON.stringify({ messages: [user('[case:a]')] }),
    signal: left.signal,
  })
  expect(await coming).toMatchObject({
    vendor: 'anthropic',
    state: 'open',
    headers: { authorization: '[secret]', 'x-app': 'cli' },
  })
  left.abort()
  await expect(answer).rejects.toThrow('aborted')
  await server.waitFor(({ state }) => state === 'left')
  server.script(says('Hi'))
  await post({ messages: [] })
  expect(JSON.stringify(server.requests)).not.toMatch(/key-1|secret-1/)
})

it.each([
  ['HEAD', '/api/hello', 200],
  ['GET', '/v1/models', 200],
  ['POST', '/v1/messages/count_tokens?beta=true', 200],
  ['POST', '/v1beta/models/m:countTokens', 200],
  ['GET', '/v2/everything', 404],
])('%s %s is %i', async (method, path, status) => {
  const { server } = await serve(says('Hi'))
  expect((await fetch(`${server.url}${path}`, { method })).status).toBe(status)
  expect(server.requests).toEqual([])
})

it('closing ends what is still open', async () => {
  const { server, post } = await serve(hangs())
  const answer = post({ messages: [] })
  await server.waitFor(() => true)
  await Promise.all([server.close(), expect(answer).rejects.toThrow()])
  await expect(post({ messages: [] })).rejects.toThrow('fetch failed')
})

it('a server keeps no process alive', async () => {
  const index = new URL('index.ts', import.meta.url).href
  const program = `const { startVendorServer } = await import('${index}'); await startVendorServer(); console.log('up')`
  const options = { timeout: 20_000 }
  const run = promisify(execFile)(process.execPath, ['--import', 'tsx', '-e', program], options)
  expect((await run).stdout).toBe('up\n')
})
