/** An engine of twenty lines: any model that you can call becomes one like this. */
import assert from 'node:assert/strict'
import { createOrchestrator, defineFlow, type StepEngine } from '@batonjs/core'
import { engineCases } from '@batonjs/testkit'

/** Stands for a model: gives back the longest word of a prompt, letter by letter. */
async function* askModel(prompt: string, signal: AbortSignal): AsyncGenerator<string> {
  const words = prompt.match(/\p{L}+/gu) ?? ['silence']
  const longest = words.reduce((one, other) => (other.length > one.length ? other : one))
  for (const letter of longest) {
    signal.throwIfAborted()
    yield letter
  }
}

function createLongWordEngine(): StepEngine {
  return {
    specVersion: 1,
    id: 'long-word',
    async *runStep({ promptParts, signal }) {
      let output = ''
      for await (const text of askModel(promptParts.task, signal)) {
        output += text
        yield { type: 'token_chunk', text }
      }
      return { status: 'succeeded', output }
    },
  }
}

const flow = defineFlow({
  key: 'words',
  steps: [
    { id: 'first', prompt: 'a relay race needs runners' },
    { id: 'second', prompt: 'how about $first.output and stadiums' },
  ],
})
const orchestrator = createOrchestrator({ flows: [flow], engines: [createLongWordEngine()] })
const { status, outputs } = await orchestrator.execute()
console.log(`${status}: ${outputs.first}, then ${outputs.second}\n`)
assert.equal(outputs.second, 'stadiums')

// What the port promises, as cases for any runner; in a test file `testEngine` hands them to yours.
for (const { title, skipped, run } of engineCases(createLongWordEngine, { deterministic: true })) {
  if (skipped === undefined) await run()
  console.log(skipped === undefined ? `✓ ${title}` : `– ${title} (${skipped})`)
}
