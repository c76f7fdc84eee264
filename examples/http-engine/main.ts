/** An engine for a chat service, in a flow. The engine is in `chat-engine.ts`, its test beside it. */
import assert from 'node:assert/strict'
import { createOrchestrator, defineFlow } from '@batonjs/core'
import { createChatEngine } from './chat-engine.ts'
import { startChatService } from './chat-service.ts'

const day = defineFlow({
  key: 'day',
  steps: [
    { id: 'ask', prompt: 'What is the weather in Kiel?' },
    { id: 'plan', prompt: 'Plan a busy day: $ask.output', retry: { delayMs: 1 } },
  ],
})

const service = await startChatService()
const tools = new Map([['weather', async () => 'rain, 12 degrees']])
const engine = createChatEngine(service.url, tools)
const orchestrator = createOrchestrator({ flows: [day], engines: [engine] })

const stream = orchestrator.executeStream({
  // In place of a human: whatever the model wants to do, it may.
  onRequest: ({ prompt }) => {
    console.log(`  ? ${prompt}`)
    return { answer: { approved: true }, by: 'ada' }
  },
})
let retries = 0
for await (const event of stream) {
  if ('stepId' in event && event.type !== 'token_chunk') console.log(`${event.type} ${event.stepId}`)
  if (event.type === 'step_error') {
    console.log(`  ${event.error.message}: try again`)
    retries += 1
  }
  if (event.type === 'run_completed') assert.equal(event.status, 'succeeded')
}
service.stop()
assert.equal(retries, 1)
