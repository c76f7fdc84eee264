import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { allOf, collect } from '@batonjs/testkit'
import { hangs, says, type VendorRequest } from '@batonjs/vendor-server'
import { expect } from 'vitest'
import { createHost } from '../stage/host.ts'
import { startHost } from '../stage/host-process.ts'
import { untilNoneIn } from '../stage/processes.ts'
import type { Case } from './case.ts'

const RUN = 'run-20260102-030405-killed'

/** Baton dies in the middle of a call. */
export const kill: Case = {
  key: 'kill',
  title: 'after a kill -9 nothing is left running, nothing done is repeated, and the session goes on',
  async run({ server, target, place }) {
    const path = join(place.work, 'kept.txt')
    let isKilled = false
    server.script({
      first: says('The first is done.'),
      second: ({ turn }) => {
        if (isKilled) return says('The second is done.')
        return turn === 0 ? says('', { tools: [target.writes(path, 'kept')] }) : hangs()
      },
    })
    const steps = ['first', 'second'].map((id) => ({ id, prompt: `Do it. [case:${id}]` }))
    const job = { steps, permissions: { allow: ['*'] } }

    const host = startHost({ target: target.key, place, job, runId: RUN })
    await server.waitFor(({ question }) => question?.case === 'second' && question.turn === 1)
    await host.kill()
    isKilled = true
    await untilNoneIn(place.folder)

    const next = createHost(target, place, job)
    expect(await next.resume(RUN)).toMatchObject({ status: 'succeeded', output: 'The second is done.' })
    const events = await collect(next.open(RUN).events({ follow: false }))
    await next.dispose()
    const starts = allOf(events, 'step_start').map(({ stepId, attempt }) => `${stepId} ${attempt}`)
    expect(starts).toEqual(['first 1', 'second 1', 'second 2'])
    expect(server.requests.filter(isOf('first')).length).toBe(1)
    expect(await readFile(path, 'utf8')).toMatch(/^kept\n?$/)
    expect(hasGoneOn(server.requests.at(-1))).toBe(target.continues)
  },
}

function isOf(name: string): (request: VendorRequest) => boolean {
  return ({ question }) => question?.case === name
}

/**
 * Whether the conversation knows what was said before the kill: then the task stands there twice. What its last tool
 * said can be lost with a program that had not written it down yet.
 */
function hasGoneOn(request: VendorRequest | undefined): boolean {
  const said = request?.question?.messages.map(({ text }) => text).join('\n') ?? ''
  return said.split('<baton:task').length > 2
}
