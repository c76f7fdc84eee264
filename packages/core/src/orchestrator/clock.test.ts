import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { systemClock } from './clock.ts'

const HOUR = 3_600_000
const DAY = 24 * HOUR

beforeEach(() => {
  vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout', 'Date', 'performance'] })
})
afterEach(() => {
  vi.useRealTimers()
})

/** Sets a timer and tells whether it has fired. */
function watch(ms: number): { readonly fired: boolean; readonly cancel: () => void } {
  let fired = false
  const cancel = systemClock.setTimer(systemClock.now() + ms, () => {
    fired = true
  })
  return {
    get fired() {
      return fired
    },
    cancel,
  }
}

describe('a timer of the machine (fault 11)', () => {
  it.each([1, 59_999, 60_001, 2 * HOUR, 40 * DAY])('fires after %i ms and not before', (ms) => {
    const timer = watch(ms)
    vi.advanceTimersByTime(ms - 1)
    expect(timer.fired).toBe(false)
    vi.advanceTimersByTime(1)
    expect(timer.fired).toBe(true)
  })

  it('fires in its time when the clock is set back', () => {
    const timer = watch(2 * HOUR)
    vi.advanceTimersByTime(HOUR)
    vi.setSystemTime(Date.now() - DAY)
    vi.advanceTimersByTime(HOUR - 1)
    expect(timer.fired).toBe(false)
    vi.advanceTimersByTime(1)
    expect(timer.fired).toBe(true)
  })

  it('fires within a minute when the clock is set forward past its time, or the machine has slept', () => {
    const timer = watch(2 * HOUR)
    vi.advanceTimersByTime(HOUR)
    vi.setSystemTime(Date.now() + DAY)
    vi.advanceTimersByTime(60_000 + 1)
    expect(timer.fired).toBe(true)
  })

  it('does not fire when it was called off, however long it was', () => {
    const timer = watch(DAY)
    vi.advanceTimersByTime(HOUR)
    timer.cancel()
    expect(vi.getTimerCount()).toBe(0)
  })
})
