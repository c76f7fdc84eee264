import { allOf, firstOf } from '@batonjs/testkit'
import { gives, type Script } from '@batonjs/vendor-server'
import { expect } from 'vitest'
import type { Stage } from '../stage/stage.ts'
import type { Case } from './case.ts'

const OUTPUT = {
  type: 'object',
  properties: { sum: { type: 'integer' } },
  required: ['sum'],
  additionalProperties: false,
}

/** Data that fits at once. */
export const structured: Case = {
  key: 'structured',
  title: 'structured output is checked and recorded as data',
  async run(stage) {
    await expectSum(stage, gives({ sum: 5 }))
  },
}

/** Data that does not fit at first. */
export const repaired: Case = {
  key: 'repaired',
  title: 'structured output that does not fit is sent back, and its repair counts',
  async run(stage) {
    let wasBad = false
    await expectSum(stage, () => {
      const sum = wasBad ? 5 : 'five'
      wasBad = true
      return gives({ sum })
    })
    expect(stage.server.requests.length).toBeGreaterThan(1)
  },
}

async function expectSum({ server, run }: Stage, script: Script): Promise<void> {
  server.script(script)
  const { events, result } = await run({ steps: [{ id: 'add', prompt: 'Add 2 and 3.', output: OUTPUT }] })
  expect(await result).toMatchObject({ status: 'succeeded', output: { sum: 5 } })
  expect(firstOf(events, 'step_end').data).toEqual({ sum: 5 })
  expect(allOf(events, 'step_error')).toEqual([])
}
