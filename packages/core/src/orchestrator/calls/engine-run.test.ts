import { createStubEngine } from '@batonjs/engine-stub'
import { collect, firstOf } from '@batonjs/testkit'
import { expect, it } from 'vitest'
import type { StepEngine } from '../../engine/engine.ts'
import { defineFlow } from '../../flow/define-flow.ts'
import { createOrchestrator } from '../create-orchestrator.ts'
import { createMemoryStorage } from '../memory/memory-storage.ts'

it('A4: the model that answered is in the step_end and in the receipt, not the one that was asked for', async () => {
  const storage = createMemoryStorage()
  const engine = createStubEngine({ steps: { ask: { model: 'large-2' } } })
  const flow = defineFlow({ key: 'main', steps: [{ id: 'ask', prompt: 'Ask', model: 'large' }] })
  const events = await collect(
    createOrchestrator({ flows: [flow], engines: [engine], storage }).executeStream(),
  )
  const end = firstOf(events, 'step_end')
  expect([firstOf(events, 'step_start').model, end.model]).toEqual(['large', 'large-2'])
  const receipt = await storage.artifacts(end.runId).get('main/receipts/ask-agent.json')
  expect(JSON.parse(receipt ?? '')).toMatchObject({ engine: 'stub', mode: 'stub', model: 'large-2' })
})

it('law 5: what has more to yield after its result is not asked for it', async () => {
  let asked = 0
  const imitation = {
    async next() {
      asked += 1
      if (asked === 1) return { done: true, value: { status: 'succeeded', output: 'first' } }
      return { done: false, value: { type: 'token_chunk', text: 'more' } }
    },
  }
  // It only looks like a generator.
  const engine = { specVersion: 1, id: 'more', runStep: () => imitation } as unknown as StepEngine
  const flow = defineFlow({ key: 'main', steps: [{ id: 'ask', prompt: 'Ask' }] })
  const result = await createOrchestrator({ flows: [flow], engines: [engine] }).execute()
  expect(result).toMatchObject({ status: 'succeeded', output: 'first' })
  expect(asked).toBe(1)
})
