/** A step fails. The flow is mended and the run goes on with it: what still holds is not done again. */
import assert from 'node:assert/strict'
import { createMemoryStorage, createOrchestrator, defineFlow, type Orchestrator } from '@batonjs/core'
import { createStubEngine } from '@batonjs/engine-stub'

const storage = createMemoryStorage()
const engine = createStubEngine({
  steps: {
    survey: { text: '4, 5, 3' },
    quote: { text: 'It simply works.' },
    article: { text: 'Readers give it a 4.' },
  },
})

/** The flow as it stands; `version` names what `average` does, since code has no digest. */
function createNewsroom(version: string, average: (marks: string) => number): Orchestrator {
  const newsroom = defineFlow({
    key: 'newsroom',
    steps: [
      { id: 'survey', needs: [], prompt: 'Ask the readers for marks from 1 to 5.' },
      { id: 'quote', needs: [], prompt: 'Find a quotation from a reader.' },
      {
        id: 'average',
        kind: 'function',
        needs: ['survey'],
        version,
        run: ({ output }) => average(String(output('survey'))),
      },
      { id: 'article', needs: ['average', 'quote'], prompt: 'Report: $average.output, "$quote.output"' },
    ],
  })
  return createOrchestrator({ flows: [newsroom], engines: [engine], storage })
}

const broken = createNewsroom('1', (marks) => JSON.parse(marks))
const { runId, status, error } = await broken.execute()
console.log(`${status}: ${error?.message}\n`)
assert.equal(status, 'failed')

const mended = createNewsroom('2', (marks) => {
  const numbers = marks.split(',').map(Number)
  return numbers.reduce((sum, mark) => sum + mark, 0) / numbers.length
})
const plan = await mended.planResume(runId, { flow: 'current' })
console.table(plan.steps, ['stepId', 'action', 'cause'])

engine.reset()
const result = await mended.resume(runId, { flow: 'current' })
console.log(`${result.status}: ${result.output}`)
console.log(`engine calls of the second try: ${engine.calls.map(({ stepId }) => stepId)}`)

assert.deepEqual(
  plan.steps.map(({ stepId, action }) => `${action} ${stepId}`),
  ['reuse survey', 'reuse quote', 'rerun average', 'rerun article'],
)
assert.equal(result.status, 'succeeded')
assert.equal(result.outputs.average, 4)
assert.deepEqual(
  engine.calls.map(({ stepId }) => stepId),
  ['article'],
)
