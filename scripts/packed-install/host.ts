// A host app as a user writes one, run against the packed packages by scripts/packed-install.ts.
import assert from 'node:assert/strict'
import { createOrchestrator, defineFlow, type SwarmEvent } from '@batonjs/core'

const flow = defineFlow({
  key: 'greeting',
  steps: [
    { id: 'measure', kind: 'function', run: () => ({ characters: 'Baton'.length }) },
    { id: 'greet', kind: 'function', run: ({ params }) => `Hello ${String(params.name)}` },
  ],
})
const orchestrator = createOrchestrator({ flows: [flow] })

const events: SwarmEvent[] = []
for await (const event of orchestrator.executeStream({ params: { name: 'Baton' } })) events.push(event)

const types = events.map(({ type }) => type)
assert.equal(types[0], 'run_created')
assert.equal(types.at(-1), 'run_completed')
assert.equal(types.filter((type) => type === 'step_end').length, 2)

const result = await orchestrator.execute({ params: { name: 'host' } })
assert.equal(result.status, 'succeeded')
assert.equal(result.output, 'Hello host')

const engines = ['engine-acp', 'engine-ai', 'engine-claude', 'engine-gemini', 'engine-stub']
for (const name of [...engines, 'child-process', 'storage-fs', 'testkit']) {
  const exported = Object.keys(await import(`@batonjs/${name}`))
  assert.ok(exported.length > 0, `@batonjs/${name} exports nothing`)
}
console.log(`${types.length} events, ${result.status}`)
