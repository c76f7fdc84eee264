import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { allOf, createHandClock } from '@batonjs/testkit'
import { hangs, says } from '@batonjs/vendor-server'
import { expect } from 'vitest'
import { processesIn, untilNoneIn } from '../stage/processes.ts'
import { until } from '../stage/until.ts'
import type { Case } from './case.ts'

const IDLE_MS = 1_000

/** A vendor that takes the request and says nothing. */
export const hang: Case = {
  key: 'hang',
  title: 'a vendor that never answers ends in `timeout`, and nothing is left running',
  async run({ server, run, place }) {
    server.script(hangs())
    // Time stands still until the request is there, however busy the machine is.
    const clock = createHandClock()
    const step = { id: 'say', prompt: 'Say something.', idleTimeoutMs: IDLE_MS, retry: { maxRetries: 0 } }
    const { events, result } = await run({ steps: [step] }, { clock, graceMs: IDLE_MS * 10_000 })
    await server.waitFor(({ state }) => state === 'open')
    await until('the engine has let go', async () => {
      await clock.advance(IDLE_MS)
      return server.requests.every(({ state }) => state === 'left')
    })
    expect((await result).status).toBe('failed')
    expect(allOf(events, 'step_error')).toMatchObject([{ error: { code: 'timeout' }, willRetry: false }])
    await untilNoneIn(place.folder)
  },
}

/** A run that is canceled while a tool's shell runs. */
export const cancel: Case = {
  key: 'cancel',
  title: 'a cancel in the middle of a tool leaves no process, also none in a session of its own',
  async run({ server, run, target, place }) {
    const begun = join(place.work, 'begun')
    // Whoever kills process groups alone does not reach what `setsid` has started.
    const use = target.shells(`touch ${begun}; setsid tail -f /dev/null & tail -f /dev/null`)
    server.script(says('', { tools: [use] }))
    const job = { steps: [{ id: 'shell', prompt: 'Run it.' }], permissions: { allow: ['*'] } }
    const { run: handle, result } = await run(job)
    await until('the tool has begun', () => existsSync(begun))
    await until('both of its processes run', async () => (await tails(place.folder)).length === 2)
    await handle.cancel()
    await untilNoneIn(place.folder)
    expect((await result).status).toBe('canceled')
  },
}

async function tails(folder: string) {
  return (await processesIn(folder)).filter(({ command }) => command.startsWith('tail '))
}
