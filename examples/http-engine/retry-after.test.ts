import { createStepContext } from '@batonjs/testkit'
import { afterAll, expect, it } from 'vitest'
import { createChatEngine } from './chat-engine.ts'
import { startChatService } from './chat-service.ts'

const service = await startChatService()
afterAll(() => service.stop())

it.each([
  ['seconds', 'I am busy.', 10, 10],
  ['a date', 'Ask me tomorrow.', 86_000_000, 86_400_000],
])('a wait that the service asks for as %s is one in milliseconds', async (_, prompt, least, most) => {
  const failure = createChatEngine(service.url).runStep(createStepContext({ prompt })).next()
  const { retryAfterMs, retryable } = await failure.catch((thrown) => thrown)
  expect(retryable).toBe(true)
  expect(retryAfterMs).toBeGreaterThanOrEqual(least)
  expect(retryAfterMs).toBeLessThanOrEqual(most)
})
