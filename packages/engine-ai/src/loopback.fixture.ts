/** A model behind loopback, spoken to by the real SDK. */
import { createServer, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { createOpenAICompatible } from '@ai-sdk/openai-compatible'
import type { EngineEvent, StepEngine, StepResult } from '@batonjs/core'
import { createStepContext, type TestStepContextOptions } from '@batonjs/testkit'
import { type Script, startVendorServer } from '@batonjs/vendor-server'
import { onTestFinished } from 'vitest'
import { createAiEngine } from './ai-engine.ts'
import type { AiEngineOptions } from './ai-options.ts'

/** A model that a service at this URL serves. */
export function modelAt(url: string, name = 'loopback-1') {
  return createOpenAICompatible({
    name: 'loopback',
    baseURL: `${url}/v1`,
    apiKey: 'dummy',
    includeUsage: true,
    supportsStructuredOutputs: true,
  })(name)
}

/** An engine with a model that speaks by script, and what it was asked. */
export async function startModel(script: Script, options: Partial<AiEngineOptions> = {}) {
  const server = await startVendorServer({ script })
  onTestFinished(() => server.close())
  return { server, engine: createAiEngine({ model: modelAt(server.url), ...options }) }
}

/** A service that answers each request with these bytes. Without an end the connection stays open. */
export async function startRaw(reply: {
  readonly status?: number
  readonly headers?: Readonly<Record<string, string>>
  readonly body?: string
  readonly end?: 'close' | 'cut'
}): Promise<StepEngine> {
  const { status = 200, headers = { 'content-type': 'text/event-stream' }, body = '', end = 'close' } = reply
  const server = createServer((_, response) => {
    response.writeHead(status, headers)
    if (end === 'close') response.end(body)
    else response.write(body, () => response.destroy())
  })
  return createAiEngine({ model: modelAt(await listen(server)) })
}

/** Gives the server a port for as long as the test runs. */
async function listen(server: Server): Promise<string> {
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  onTestFinished(() => void server.close())
  // A server that listens on a port has an address.
  const { port } = server.address() as AddressInfo
  return `http://127.0.0.1:${port}`
}

/** A service that answers one request after the other with these bytes; the last again and again. */
export async function startRawTurns(turns: readonly string[]): Promise<string> {
  let asked = 0
  const server = createServer((_, response) => {
    response.writeHead(200, { 'content-type': 'text/event-stream' })
    response.end(turns[Math.min(asked, turns.length - 1)])
    asked += 1
  })
  return await listen(server)
}

/** Makes one call, reads it to its end, and gives what was told and done. */
export async function call(engine: StepEngine, options: TestStepContextOptions = {}) {
  const context = createStepContext(options)
  const events: EngineEvent[] = []
  const generator = engine.runStep(context)
  for (;;) {
    const step = await generator.next()
    if (step.done === true) return { events, result: step.value as StepResult, recorded: context.recorded } // Its type says so.
    events.push(step.value)
  }
}

/** The session that was told last. */
export function sessionIn(events: readonly EngineEvent[]) {
  const told = events.findLast((event) => event.type === 'session')
  return told?.type === 'session' ? told.session : undefined
}
