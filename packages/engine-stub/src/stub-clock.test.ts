import { createStepContext } from '@batonjs/testkit'
import { afterEach, beforeEach, expect, it, vi } from 'vitest'
import { createStubEngine } from './stub-engine.ts'

const MONTH = 30 * 86_400_000

beforeEach(() => {
  vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout', 'Date', 'performance'] })
})
afterEach(() => vi.useRealTimers())

it('fault 11: a wait of a month, longer than a timer can be, lasts a month', async () => {
  const engine = createStubEngine({ steps: { greet: { acts: [{ kind: 'wait', ms: MONTH }] } } })
  const ended = vi.fn()
  const played = engine.runStep(createStepContext()).next().then(ended)
  await vi.advanceTimersByTimeAsync(MONTH - 1)
  expect(ended).not.toHaveBeenCalled()
  await vi.advanceTimersByTimeAsync(1)
  await played
  expect(ended).toHaveBeenCalledOnce()
})
