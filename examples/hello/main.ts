import assert from 'node:assert/strict'
import { createOrchestrator, defineFlow } from '@batonjs/core'
import { createStubEngine } from '@batonjs/engine-stub'

const hello = defineFlow({
  key: 'hello',
  steps: [
    { id: 'write', prompt: 'Write one sentence about $params.topic.' },
    {
      id: 'review',
      prompt: 'Is this true and clear? $write.output',
      routing: { kind: 'microloop', loopTarget: 'write' },
    },
  ],
})
// Answers without a model or a key. This reviewer sends the first sentence back.
const engine = createStubEngine({ steps: { review: [{ verdict: 'UNVERIFIED' }, { verdict: 'VERIFIED' }] } })
const orchestrator = createOrchestrator({ flows: [hello], engines: [engine] })

for await (const event of orchestrator.executeStream({ params: { topic: 'relay races' } })) {
  if ('stepId' in event) console.log(`    ${event.type} ${event.stepId}#${event.iteration}`)
  else console.log('flowKey' in event ? `  ${event.type}` : event.type)
}

const { runs } = await orchestrator.runs()
assert.equal(runs[0]?.status, 'succeeded')
