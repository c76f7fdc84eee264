/**
 * A run with a model becomes a test without one. `RECORD=1` before the command asks the model for what was not
 * recorded or has changed; otherwise the cassettes beside this file are played.
 */
import assert from 'node:assert/strict'
import { fileURLToPath } from 'node:url'
import { createOrchestrator, defineFlow, type StepEngine } from '@batonjs/core'
import { createReplayEngine } from '@batonjs/engine-stub'

/** Stands for a model: it takes its time, and never says the same twice. */
function createMoodyEngine(): StepEngine {
  return {
    specVersion: 1,
    id: 'moody',
    async *runStep({ stepId, approve }) {
      let output = ''
      for (const text of ['A baton ', 'was dropped ', `${Math.ceil(Math.random() * 1_000)} times.`]) {
        await new Promise((resolve) => setTimeout(resolve, 50))
        output += text
        yield { type: 'token_chunk', text }
      }
      if (stepId === 'publish') {
        const { approved, requestId } = await approve({ name: 'publish', input: output })
        if (!approved) return { status: 'succeeded', output: 'Nothing was published.' }
        yield { type: 'tool_start', toolCallId: 'publish', tool: 'publish', input: output, requestId }
        yield { type: 'tool_end', toolCallId: 'publish', tool: 'publish', success: true }
      }
      return { status: 'succeeded', output, usage: { inputTokens: 20, outputTokens: 9 }, costUsd: 0.001 }
    },
  }
}

const storyIn = (tone: string) =>
  defineFlow({
    key: 'story',
    steps: [
      { id: 'write', prompt: `Write a ${tone} sentence about $params.topic.` },
      { id: 'publish', prompt: 'Publish this: $write.output' },
    ],
  })

/** The same program as with the real engine. */
function createStories(tone: string, record?: StepEngine) {
  const engine = createReplayEngine(fileURLToPath(new URL('cassettes', import.meta.url)), { record })
  return createOrchestrator({ flows: [storyIn(tone)], engines: [engine] })
}

const request = {
  params: { topic: 'relay races' },
  onRequest: () => ({ answer: { approved: true }, by: 'the example' }),
}

const stories = createStories('cheerful', process.env.RECORD === '1' ? createMoodyEngine() : undefined)
for await (const event of stories.executeStream(request)) {
  if (event.type === 'step_start') process.stdout.write(`${event.stepId}: `)
  if (event.type === 'token_chunk') process.stdout.write(event.text)
  if (event.type === 'action_resolved') console.log(`\n${event.by} lets it be published`)
  if (event.type === 'step_end' && event.stepId === 'write') console.log()
  if (event.type === 'run_completed')
    console.log(`${event.status}, for ${event.costUsd} dollars that nobody paid`)
}
const { runs } = await stories.runs()
assert.equal(runs[0]?.status, 'succeeded')

// Whoever changes a prompt is told what changed, instead of getting the old answer.
const { status, error } = await createStories('sad').execute(request)
console.log(`\nA sad one ${status}:`)
console.log(error?.message.split('\n').slice(1, -1).join('\n'))
assert.equal(error?.code, 'cassette_mismatch')
