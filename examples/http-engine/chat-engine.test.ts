import { testEngine } from '@batonjs/testkit'
import { afterAll, describe, it } from 'vitest'
import { createChatEngine } from './chat-engine.ts'
import { startChatService } from './chat-service.ts'

const service = await startChatService()
afterAll(() => service.stop())

const tools = new Map([['weather', async () => 'rain, 12 degrees']])

testEngine('the chat engine', () => createChatEngine(service.url, tools), {
  test: { describe, it },
  deterministic: true,
  graceMs: 1_000,
  scenarios: {
    failing: { prompt: 'Do something forbidden.' },
    slow: { prompt: 'Answer slowly.' },
    proposing: { prompt: 'What is the weather in Kiel?' },
  },
})
