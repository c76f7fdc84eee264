/** Kills Baton at a moment in the middle of a real run, and holds what comes then to the promises. */
import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { setTimeout } from 'node:timers/promises'
import type { SwarmEvent } from '@batonjs/core'
import { createFsStorage } from '@batonjs/storage-fs'
import { allOf, collect } from '@batonjs/testkit'
import { type Question, type Script, says } from '@batonjs/vendor-server'
import { expect } from 'vitest'
import { createHost, type Job } from '../stage/host.ts'
import { startHost } from '../stage/host-process.ts'
import type { Place } from '../stage/place.ts'
import { untilNoneIn } from '../stage/processes.ts'
import type { Stage } from '../stage/stage.ts'
import type { KillRow } from './kill-row.ts'

/** When Baton dies: so long after the agent has sent so many requests. */
export interface Moment {
  readonly requests: number
  readonly laterMs: number
}

/** Requests of a run that nobody kills: two for each step with a tool, one for the last. */
export const REQUESTS = 5

const RUN = 'run-20260102-030405-killed'
const STEPS = ['write', 'shell', 'tell']
const JOB: Job = {
  steps: STEPS.map((id) => ({ id, prompt: `Do your part. [case:${id}]` })),
  permissions: { allow: ['*'] },
}

/** One kill. `undefined` when the run had ended before. */
export async function playKill(
  stage: Stage,
  number: number,
  { requests, laterMs }: Moment,
): Promise<KillRow | undefined> {
  const { server, target, place } = stage
  server.script(scriptFor(stage))
  const host = startHost({ target: target.key, place, job: JOB, runId: RUN })
  await Promise.race([host.gone, server.waitFor(() => server.requests.length >= requests)])
  await setTimeout(laterMs)
  await host.kill()
  const goneAfterMs = await untilNoneIn(place.folder)
  const before = await journalOf(place)
  if (before.at(-1)?.type === 'run_completed') return undefined
  const asked = server.requests.length

  const next = createHost(target, place, JOB)
  expect(await next.resume(RUN)).toMatchObject({ status: 'succeeded', output: 'All is told.' })
  await next.dispose()
  expect(await readFile(join(place.work, 'written.txt'), 'utf8')).toBe('written')
  const ended = allOf(before, 'step_end').map(({ stepId }) => stepId)
  const calledAgain = server.requests.slice(asked).map(({ question }) => question?.case ?? '')
  return {
    number,
    moment: `${requests} + ${laterMs} ms`,
    stood: before.at(-1)?.type ?? 'nothing',
    finished: ended.length,
    goneAfterMs,
    continued: hasContinued(before, await journalOf(place)),
    repeated: ended.filter((id) => calledAgain.includes(id)).length,
  }
}

/** Slow enough that every moment of it can be met. */
const SLOWLY = { chunkSize: 6, delayMs: 25 }

function scriptFor({ target, place }: Stage): Script {
  const { writes, shells } = target
  const file = join(place.work, 'written.txt')
  const use = (tool: ReturnType<typeof writes>, said: string) => (question: Question) =>
    hasUsed(question) ? says(said, SLOWLY) : says('I do it now.', { ...SLOWLY, tools: [tool] })
  return {
    write: use(writes(file, 'written'), 'It is written.'),
    shell: use(shells('i=0; while [ $i -lt 3 ]; do sleep 0.1; i=$((i+1)); done; echo ran'), 'It has run.'),
    tell: says('All is told.', SLOWLY),
  }
}

/**
 * Whether a tool has been used in this conversation, before the kill or after: one that the kill has cut off has an
 * error for a result. What is tried again after the kill may find its work done, and then it counts, too.
 */
function hasUsed({ messages, turn }: Question): boolean {
  return turn > 0 || messages.some(({ results }) => results.some(({ isError }) => !isError))
}

async function journalOf(place: Place): Promise<readonly SwarmEvent[]> {
  return collect(createFsStorage({ folder: place.runs }).readEvents(RUN))
}

/** Whether the step that was cut off took up the session that it had told. */
function hasContinued(before: readonly SwarmEvent[], after: readonly SwarmEvent[]): boolean | undefined {
  const ended = new Set(allOf(before, 'step_end').map(({ stepId }) => stepId))
  const session = allOf(before, 'step_session').find(({ stepId }) => !ended.has(stepId))
  if (session === undefined) return undefined
  const again = allOf(after, 'step_start').find((it) => it.stepId === session.stepId && it.attempt === 2)
  return again?.sessionDigest === session.digest
}
