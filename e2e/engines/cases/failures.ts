import { allOf } from '@batonjs/testkit'
import { fails, says } from '@batonjs/vendor-server'
import { expect } from 'vitest'
import type { Case } from './case.ts'

const STEPS = [{ id: 'say', prompt: 'Say something kind.' }]

/** A CLI left to itself tries a bad key again for minutes. */
const AT_ONCE_MS = 30_000

/** A key that the vendor does not take. */
export const auth: Case = {
  key: 'auth',
  title: '401 fails the step as `auth` at once, without a retry',
  async run({ server, run }) {
    server.script(fails(401))
    const begun = performance.now()
    const { events, result } = await run({ steps: STEPS })
    expect((await result).status).toBe('failed')
    expect(performance.now() - begun).toBeLessThan(AT_ONCE_MS)
    expect(allOf(events, 'step_error')).toMatchObject([{ error: { code: 'auth' }, willRetry: false }])
    expect(server.requests.length).toBeLessThan(3)
  },
}

const WAIT_SECONDS = 1

/** Too many calls at the moment. */
export const rateLimit: Case = {
  key: 'rate-limit',
  title: '429 waits as long as `Retry-After` says, then goes on',
  async run({ server, run }) {
    server.script(({ repeat }) =>
      repeat === 1 ? fails(429, { retryAfterSeconds: WAIT_SECONDS }) : says('Now it works.'),
    )
    const { events, result } = await run({ steps: STEPS })
    expect(await result).toMatchObject({ status: 'succeeded', output: 'Now it works.' })
    const [first, second] = server.requests.map(({ arrivedAt }) => arrivedAt)
    expect((second ?? 0) - (first ?? 0)).toBeGreaterThanOrEqual(WAIT_SECONDS * 1_000)
    for (const { error } of allOf(events, 'step_error')) expect(error.code).toBe('rate_limit')
  },
}

/** The vendor has trouble of its own. */
export const overloaded: Case = {
  key: 'overloaded',
  title: '529 (Gemini: 503) is `overloaded`, and tried again',
  async run({ server, run, target }) {
    server.script(fails(target.vendor === 'gemini' ? 503 : 529))
    const { events, result } = await run({ steps: STEPS })
    expect((await result).status).toBe('failed')
    expect(allOf(events, 'step_error')).toMatchObject([
      { error: { code: 'overloaded', retryable: true }, willRetry: true },
      { error: { code: 'overloaded', retryable: true }, willRetry: false },
    ])
  },
}

const TEXT = 'This answer is whole, from its first word to its last.'

/** A stream that breaks after some chunks. */
export const brokenStream: Case = {
  key: 'broken-stream',
  title: 'a stream that breaks is begun anew, and its chunks do not count twice',
  async run({ server, run }) {
    let wasBroken = false
    server.script(() => {
      const broken = wasBroken ? {} : { broken: { after: 2, by: 'cut' as const } }
      wasBroken = true
      return says(TEXT, { chunkSize: 10, ...broken })
    })
    const { events, result } = await run({ steps: STEPS })
    expect(await result).toMatchObject({ status: 'succeeded', output: TEXT })
    expect(server.requests.length).toBeGreaterThan(1)
    for (const { error } of allOf(events, 'step_error')) expect(error.retryable).toBe(true)
  },
}
