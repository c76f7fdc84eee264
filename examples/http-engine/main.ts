/** An engine for a chat service, in a flow and under the kit. The engine is in `chat-engine.ts`. */
import assert from 'node:assert/strict'
import { createOrchestrator, defineFlow } from '@batonjs/core'
import { engineCases } from '@batonjs/testkit'
import { createChatEngine } from './chat-engine.ts'
import { startChatService } from './chat-service.ts'

const service = await startChatService()
const tools = new Map([['weather', async () => 'rain, 12 degrees']])
const createEngine = () => createChatEngine(service.url, tools)

const flow = defineFlow({
  key: 'day',
  steps: [
    { id: 'ask', prompt: 'What is the weather in Kiel?' },
    { id: 'plan', prompt: 'It is a busy day: $ask.output', retry: { delayMs: 1 } },
  ],
})
const orchestrator = createOrchestrator({ flows: [flow], engines: [createEngine()] })
const stream = orchestrator.executeStream({
  // In place of a human: every action is approved.
  onRequest: ({ prompt }) => {
    console.log(`    ${prompt}: approved`)
    return { answer: { decision: 'approve' }, by: 'ada' }
  },
})
const tries: string[] = []
for await (const event of stream) {
  if ('stepId' in event && event.type !== 'token_chunk') console.log(`${event.type} ${event.stepId}`)
  if (event.type === 'step_start') tries.push(`${event.stepId} ${event.attempt}`)
  if (event.type === 'run_completed') assert.equal(event.status, 'succeeded')
}
assert.deepEqual(tries, ['ask 1', 'plan 1', 'plan 2'])

const cases = engineCases(createEngine, {
  deterministic: true,
  graceMs: 1_000,
  scenarios: {
    failing: { prompt: 'Do something forbidden.' },
    slow: { prompt: 'Answer slowly.' },
    proposing: { prompt: 'What is the weather in Kiel?' },
  },
})
for (const { title, skipped, run } of cases) {
  assert.equal(skipped, undefined)
  await run()
  console.log(`✓ ${title}`)
}
service.stop()
