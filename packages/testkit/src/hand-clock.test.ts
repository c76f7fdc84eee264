import { describe, expect, it } from 'vitest'
import { createHandClock } from './hand-clock.ts'

const START = Date.UTC(2026, 0, 1)

describe('createHandClock', () => {
  it('stands still until it is moved', async () => {
    const clock = createHandClock()
    let fired = false
    clock.setTimer(START + 1, () => {
      fired = true
    })
    expect([clock.now(), clock.monotonic(), clock.pending]).toEqual([START, 0, [START + 1]])
    await clock.advance(0)
    expect(fired).toBe(false)
    await clock.advance(1)
    expect([fired, clock.now(), clock.monotonic(), clock.pending]).toEqual([true, START + 1, 1, []])
  })

  it('fires timers in the order of their time, those of one time in the order of setting', async () => {
    const clock = createHandClock(0)
    const log: string[] = []
    const set = (at: number, name: string) => clock.setTimer(at, () => log.push(`${name} at ${clock.now()}`))
    set(20, 'b')
    set(10, 'a')
    set(20, 'c')
    set(31, 'd')
    await clock.advanceTo(30)
    expect(log).toEqual(['a at 10', 'b at 20', 'c at 20'])
    expect(clock.now()).toBe(30)
  })

  it('lets a timer set off others, at once or after awaits, within one advance', async () => {
    const clock = createHandClock(0)
    const log: number[] = []
    const again = async () => {
      log.push(clock.now())
      await Promise.resolve()
      clock.setTimer(clock.now() + 10, () => void again())
    }
    clock.setTimer(10, () => void again())
    await clock.advance(35)
    expect(log).toEqual([10, 20, 30])
  })

  it('does not fire a timer that was called off', async () => {
    const clock = createHandClock(0)
    const cancel = clock.setTimer(10, () => expect.unreachable())
    cancel()
    cancel()
    await clock.advance(20)
    expect(clock.pending).toEqual([])
  })

  it('fires a timer of the past at the next advance, and does not go back for it', async () => {
    const clock = createHandClock(100)
    let at = 0
    clock.setTimer(50, () => {
      at = clock.now()
    })
    await clock.advance(0)
    expect(at).toBe(100)
  })

  it.each([-500, 86_400_000])('jumps by %i ms with the wall clock alone (fault 11)', async (jump) => {
    const clock = createHandClock(1_000)
    const fired: number[] = []
    clock.setTimer(2_000, () => fired.push(clock.monotonic()))
    clock.jump(jump)
    expect([clock.now(), clock.monotonic(), clock.pending]).toEqual([1_000 + jump, 0, [2_000 + jump]])
    await clock.advance(999)
    expect(fired).toEqual([])
    await clock.advance(1)
    expect([fired, clock.now()]).toEqual([[1_000], 2_000 + jump])
  })

  it('drives a promise over as many timers as it takes', async () => {
    const clock = createHandClock(0)
    const pause = (ms: number) =>
      new Promise<void>((resolve) => void clock.setTimer(clock.now() + ms, resolve))
    const work = async () => {
      await pause(10)
      await pause(1_000_000)
      return 'done'
    }
    expect(await clock.drive(work())).toBe('done')
    expect(clock.now()).toBe(1_000_010)
  })

  it('hands on a rejection, and gives up on what no timer can help', async () => {
    const clock = createHandClock(0)
    await expect(clock.drive(Promise.reject(new Error('boom')))).rejects.toThrow('boom')
    await expect(clock.drive(new Promise(() => {}))).rejects.toThrow(/Nothing is left to wait for/)
  })
})
