/** Three researchers at once; each trigger rule lets a step start at another moment. */
import assert from 'node:assert/strict'
import { createOrchestrator, defineFlow, type SwarmEvent } from '@batonjs/core'
import { createStubEngine } from '@batonjs/engine-stub'

const researchers = ['news', 'studies', 'users']

const research = defineFlow({
  key: 'research',
  output: '$report.output',
  steps: [
    { id: 'news', needs: [], prompt: 'What was written about $params.topic this week?' },
    { id: 'studies', needs: [], prompt: 'What do studies say about $params.topic?' },
    { id: 'users', needs: [], prompt: 'What do people who have $params.topic say?' },
    { id: 'patents', needs: [], prompt: 'Who owns patents on $params.topic?', when: 'params.patents' },

    // Starts at the first success, for the live view only. The slower ones run on.
    {
      id: 'headline',
      needs: researchers,
      triggerRule: 'one_success',
      prompt: 'In five words: $winner.output',
    },

    // Starts when all three have succeeded: `all_success`, the default.
    {
      id: 'synthesis',
      needs: researchers,
      prompt: 'Where do these agree?\n\n$news.output\n\n$studies.output\n\n$users.output',
    },
    // Starts although `patents` was skipped; only a failure would stop it. The `?` allows for no output.
    {
      id: 'report',
      needs: ['synthesis', 'patents'],
      triggerRule: 'none_failed',
      prompt: 'Write one page from this.\n\n$synthesis.output\n\n$patents.output?',
    },
    // Starts when all is settled, however it went.
    {
      id: 'archive',
      kind: 'function',
      needs: ['report', 'headline'],
      triggerRule: 'all_done',
      run: ({ outputOf }) => `filed ${outputOf('report') === undefined ? 'nothing' : 'the report'}`,
    },
  ],
})

// In place of three models: each researcher takes its time.
const engine = createStubEngine({
  steps: {
    news: { acts: [{ kind: 'wait', ms: 10 }], text: 'Two towns bought heat pumps.' },
    studies: { acts: [{ kind: 'wait', ms: 400 }], text: 'They pay off within eight years.' },
    users: { acts: [{ kind: 'wait', ms: 200 }], text: 'They are quiet.' },
    headline: { text: 'Towns turn to heat pumps' },
    synthesis: { text: 'Quiet, and paid off within eight years.' },
    report: { text: 'Heat pumps: quiet, and paid off within eight years.', stream: { everyMs: 20 } },
  },
})

/** A line of the live view, or nothing. */
function toLine(event: SwarmEvent): string | undefined {
  switch (event.type) {
    case 'step_start':
      return `▸ ${event.stepId}${event.winner === undefined ? '' : `, for ${event.winner} was first`}`
    case 'token_chunk':
      return `    ${event.stepId} says "${event.text}"`
    case 'step_end':
      return `✓ ${event.stepId}: ${event.output.text}`
    case 'step_skipped':
      return `– ${event.stepId} is skipped (${event.reason})`
    default:
      return undefined
  }
}

const orchestrator = createOrchestrator({ flows: [research], engines: [engine] })
const run = await orchestrator.start({ params: { topic: 'heat pumps', patents: false } })
const lines: string[] = []
for await (const event of run.events()) {
  const line = toLine(event)
  if (line === undefined) continue
  console.log(line)
  lines.push(line)
}

const { status, output, census } = await run.result
console.log(`${status}: ${JSON.stringify(output)}`)
assert.equal(output, 'Heat pumps: quiet, and paid off within eight years.')
assert.deepEqual(census?.skippedBecause, { condition: 1 })
const headline = lines.indexOf('▸ headline, for news was first')
assert.ok(headline >= 0 && headline < lines.indexOf('▸ synthesis'))
