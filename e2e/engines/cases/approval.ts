import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { allOf, type EventOf, firstOf } from '@batonjs/testkit'
import { says } from '@batonjs/vendor-server'
import { expect } from 'vitest'
import { answerElsewhere } from '../stage/human.ts'
import type { Stage } from '../stage/stage.ts'
import type { Case } from './case.ts'

/** A human in another process says yes. */
export const approved: Case = {
  key: 'approved',
  title: 'a human in another process approves exactly what is then done',
  async run(stage) {
    const { path, events } = await askFor(stage, true)
    expect(existsSync(path)).toBe(true)
    const { requestId } = firstOf(events, 'proposed_action')
    expect(allOf(events, 'tool_start')).toMatchObject([{ requestId }])
    expect(allOf(events, 'tool_end')).toMatchObject([{ success: true }])
  },
}

/** A human in another process says no. */
export const rejected: Case = {
  key: 'rejected',
  title: 'a human in another process rejects it, nothing is done, and the model gets to hear it',
  async run(stage) {
    const { path, events } = await askFor(stage, false)
    expect(existsSync(path)).toBe(false)
    expect(allOf(events, 'tool_end').filter(({ success }) => success)).toEqual([])
    const { results } = stage.server.requests.at(-1)?.question ?? {}
    expect(results?.length).toBe(1)
  },
}

/** The model wants to write a file; a human is asked, sees it, and answers. */
async function askFor({ server, run, target, place }: Stage, isApproved: boolean) {
  const path = join(place.work, 'asked.txt')
  const use = target.writes(path, 'as shown')
  server.script([says('', { tools: [use] }), says('Then this is the end.')])
  const { run: handle, events, when, result } = await run({ steps: [{ id: 'write', prompt: 'Write it.' }] })
  await when(({ type }) => type === 'proposed_action')
  const asked: EventOf<'proposed_action'> = firstOf(events, 'proposed_action')
  expect(JSON.stringify(asked.action.input)).toContain('as shown')
  expect(existsSync(path)).toBe(false)
  await answerElsewhere(place, { runId: handle.id, requestId: asked.requestId, approved: isApproved })
  expect(await result).toMatchObject({ status: 'succeeded', output: 'Then this is the end.' })
  expect(firstOf(events, 'action_resolved')).toMatchObject({
    requestId: asked.requestId,
    outcome: 'answered',
    by: 'ada',
    answer: { approved: isApproved },
  })
  return { path, events }
}
