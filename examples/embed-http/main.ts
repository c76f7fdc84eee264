/** A host serves its runs from a server of its own, as events that survive a lost connection. */
import assert from 'node:assert/strict'
import { once } from 'node:events'
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { Readable } from 'node:stream'
import { pipeline } from 'node:stream/promises'
import { createOrchestrator, defineFlow, isDurable, type SwarmEvent } from '@batonjs/core'
import { createStubEngine } from '@batonjs/engine-stub'

const story = defineFlow({
  key: 'story',
  steps: [
    { id: 'begin', prompt: 'Begin a story.' },
    { id: 'go-on', prompt: 'Go on: $begin.output' },
    { id: 'end', prompt: 'End it: $go-on.output' },
  ],
})
const engine = createStubEngine({ steps: {}, otherwise: { stream: { size: 8, everyMs: 10 } } })
const orchestrator = createOrchestrator({ flows: [story], engines: [engine] })

/** GET /runs/RUN_ID: the events after `Last-Event-ID`, then those to come, until the run is over. */
async function serveRun(request: IncomingMessage, response: ServerResponse): Promise<void> {
  const run = orchestrator.open(request.url?.replace('/runs/', '') ?? '')
  const fromSeq = Number(request.headers['last-event-id'] ?? 0) + 1
  const gone = new AbortController()
  response.once('close', () => gone.abort())
  response.writeHead(200, { 'content-type': 'text/event-stream', 'cache-control': 'no-store' })
  await pipeline(Readable.from(toEventStream(run.events({ fromSeq, signal: gone.signal }))), response)
}

/** A durable event has its `seq` as id. A chunk has none: who comes back begins after the last event. */
async function* toEventStream(events: AsyncIterable<SwarmEvent>): AsyncGenerator<string> {
  for await (const event of events) {
    const id = isDurable(event) ? `id: ${event.seq}\n` : ''
    yield `${id}event: ${event.type}\ndata: ${JSON.stringify(event)}\n\n`
  }
}

const server = createServer((request, response) => {
  serveRun(request, response).catch(() => response.destroy())
})
await once(server.listen(0, '127.0.0.1'), 'listening')
// The address of a server that listens on a port, as opposed to a pipe, is an object.
const { port } = server.address() as AddressInfo

/** The client: a browser's EventSource does this, and comes back by itself. Leaving the loop hangs up. */
async function* readMessages(url: string, lastId: string): AsyncGenerator<Partial<Record<string, string>>> {
  const { body } = await fetch(url, { headers: { 'last-event-id': lastId } })
  let rest = ''
  for await (const text of body?.pipeThrough(new TextDecoderStream()) ?? []) {
    const messages = (rest + text).split('\n\n')
    rest = messages.pop() ?? ''
    for (const message of messages) {
      const fields = [...message.matchAll(/^(\w+): (.*)$/gm)]
      yield Object.fromEntries(fields.map(([, name, value]) => [name, value]))
    }
  }
}

const run = await orchestrator.start()
const url = `http://127.0.0.1:${port}/runs/${run.id}`
const ids: string[] = []
let chunks = 0

async function follow(untilChunk: number): Promise<void> {
  const lastId = ids.at(-1) ?? '0'
  console.log(`connected, has seen event ${lastId}`)
  for await (const { id, event } of readMessages(url, lastId)) {
    if (id !== undefined) ids.push(id)
    else chunks += 1
    console.log(`  ${id ?? '·'} ${event}`)
    if (chunks === untilChunk) return
  }
}

await follow(8)
await follow(Number.POSITIVE_INFINITY)
server.close()
server.closeAllConnections()

const { status } = await run.result
console.log(`${status}: ${ids.length} events, each once, and ${chunks} chunks`)
const stored: string[] = []
for await (const event of run.events({ follow: false })) if (isDurable(event)) stored.push(String(event.seq))
assert.deepEqual(ids, stored)
assert.ok(chunks > 8)
