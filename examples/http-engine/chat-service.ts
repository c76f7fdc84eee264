/** Stands for a vendor's API, on loopback. What it answers depends on words in the message. */
import { once } from 'node:events'
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { json } from 'node:stream/consumers'
import type { Line, Message } from './chat-engine.ts'

/** Starts the service; gives its address and a way to stop it. */
export async function startChatService(): Promise<{ readonly url: string; stop(): void }> {
  const busy = new Set<string>()
  const server = createServer((request, response) => {
    answer(request, response, busy).catch(() => response.destroy())
  })
  await once(server.listen(0, '127.0.0.1'), 'listening')
  // The address of a server that listens on a port is an object.
  const { port } = server.address() as AddressInfo
  return { url: `http://127.0.0.1:${port}/`, stop: () => stop(server) }
}

function stop(server: Server): void {
  server.close()
  server.closeAllConnections()
}

async function answer(request: IncomingMessage, response: ServerResponse, busy: Set<string>): Promise<void> {
  if (request.method !== 'POST') return void response.end()
  // The engine sends nothing else.
  const message = (await json(request)) as Message
  const content = JSON.stringify(message.content)
  if (content.includes('forbidden')) return void response.writeHead(400).end()
  if (content.includes('busy') && busy.size === 0) {
    busy.add(content)
    return void response.writeHead(429, { 'retry-after': '0.01' }).end()
  }
  if (content.includes('tomorrow')) {
    const date = new Date(Date.now() + 86_400_000).toUTCString()
    return void response.writeHead(503, { 'retry-after': date }).end()
  }
  const say = (line: Line): boolean => response.write(`${JSON.stringify(line)}\n`)
  if (message.conversation === undefined) say({ kind: 'conversation', id: 'c-1' })
  if (content.includes('slowly')) return void say({ kind: 'text', text: 'Let me think. ' })
  if (content.includes('weather')) say({ kind: 'tool', id: 't-1', name: 'weather', input: { town: 'Kiel' } })
  else
    say({
      kind: 'text',
      text: message.schema === undefined ? `You said ${content.length} characters.` : '{}',
    })
  say({ kind: 'end', inputTokens: content.length, outputTokens: 5 })
  response.end()
}
