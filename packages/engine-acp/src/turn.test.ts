import type { JsonObject } from '@batonjs/core'
import { expect, it } from 'vitest'
import { createAgentText } from './agent-text.ts'
import { createInbox } from './inbox.ts'
import { createToolCalls } from './tool-calls.ts'
import { type TurnMessage, takeTurn } from './turn.ts'
import { createCostMeter } from './usage.ts'

const options = [
  { optionId: 'yes', kind: 'allow_once' },
  { optionId: 'no', kind: 'reject_once' },
]

/** A turn whose agent asks for one thing and is over when it is answered. */
function ask(approved: boolean) {
  const inbox = createInbox<TurnMessage>(new AbortController().signal)
  const answers: JsonObject[] = []
  const reply = (answer: JsonObject): void => {
    answers.push(answer)
    inbox.push({ kind: 'over', response: {} })
  }
  const params = { toolCall: { toolCallId: 't', title: 'Touch' }, options }
  inbox.push({ kind: 'permission', params, reply })
  const turn = takeTurn({
    sessionId: 's',
    inbox,
    tools: createToolCalls({}),
    text: createAgentText(),
    cost: createCostMeter('session', undefined),
    permissions: { allow: [], deny: [], otherwise: 'ask' },
    approve: async () => ({ requestId: 'r-1', approved, by: 'ada' }),
  })
  return { answers, turn }
}

it('H4: the agent is allowed to go on only after its tool_start was taken', async () => {
  const { answers, turn } = ask(true)
  expect(await turn.next()).toMatchObject({ value: { type: 'tool_start', requestId: 'r-1' } })
  expect(answers).toEqual([])
  expect(await turn.next()).toMatchObject({ done: true })
  expect(answers).toEqual([{ outcome: { outcome: 'selected', optionId: 'yes' } }])
})

it('the agent is refused with the option that refuses, and nothing begins', async () => {
  const { answers, turn } = ask(false)
  expect(await turn.next()).toMatchObject({ done: true })
  expect(answers).toEqual([{ outcome: { outcome: 'selected', optionId: 'no' } }])
})
