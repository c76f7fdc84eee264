import { afterAll, expect, it } from 'vitest'
import { startVendorServer } from './server.ts'
import { says, uses } from './turn.ts'

const server = await startVendorServer({
  script: {
    tool: [uses('Write', { path: 'a' }), says('Done.')],
    otherwise: says('Hello.', { chunkSize: 4 }),
  },
})
afterAll(() => server.close())

/** What a test looks at. */
interface Answered {
  readonly content: readonly { readonly id: string }[]
}

async function ask(messages: readonly object[]): Promise<Answered> {
  // The test looks at what is in it.
  return (await (await post({ messages })).json()) as Answered
}

function post(body: object): Promise<Response> {
  const headers = { 'x-api-key': 'dummy', 'content-type': 'application/json' }
  const init = { method: 'POST', headers, body: JSON.stringify({ model: 'm', ...body }) }
  return fetch(`${server.url}/v1/messages?beta=true`, init)
}

const hello = [{ role: 'user', content: 'Hi' }]

it('an answer that is not streamed is one message', async () => {
  expect(await ask(hello)).toMatchObject({
    type: 'message',
    content: [{ type: 'text', text: 'Hello.' }],
    stop_reason: 'end_turn',
    usage: { output_tokens: 2 },
  })
})

it('a streamed answer comes in the events of the vendor', async () => {
  const text = await (await post({ messages: hello, stream: true })).text()
  expect(text.match(/(?<=^event: ).*/gm)).toEqual([
    'message_start',
    'ping',
    'content_block_start',
    'content_block_delta',
    'content_block_delta',
    'content_block_stop',
    'message_delta',
    'message_stop',
  ])
})

it('a list of turns is counted within the conversation', async () => {
  const first = { role: 'user', content: [{ type: 'text', text: '[case:tool] write' }] }
  const { content } = await ask([first])
  expect(content).toMatchObject([{ type: 'tool_use', name: 'Write', input: { path: 'a' } }])
  const result = { type: 'tool_result', tool_use_id: content[0]?.id, content: 'ok' }
  const messages = [first, { role: 'assistant', content }, { role: 'user', content: [result] }]
  expect((await ask(messages)).content).toEqual([{ type: 'text', text: 'Done.' }])
})
