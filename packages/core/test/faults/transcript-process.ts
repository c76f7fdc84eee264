/** A process whose engine streams a few words and then says nothing any more, until it is killed. */
import { createOrchestrator, defineFlow, type StepEngine } from '@batonjs/core'
import { createFsStorage } from '@batonjs/storage-fs'
import { RUN_ID } from './job.fixture.ts'

const [, folder = ''] = process.argv.slice(2)

const engine: StepEngine = {
  specVersion: 1,
  id: 'talker',
  async *runStep() {
    yield { type: 'message', role: 'assistant', content: 'I look around.' }
    yield { type: 'token_chunk', text: 'I see ' }
    yield { type: 'token_chunk', text: 'a door' }
    // An interval keeps the process, a promise does not.
    setInterval(() => {}, 60_000)
    await new Promise(() => {})
    return { status: 'succeeded', output: 'done' }
  },
}

const orchestrator = createOrchestrator({
  flows: [defineFlow({ key: 'main', steps: [{ id: 'talk', prompt: 'Talk' }] })],
  engines: [engine],
  storage: createFsStorage({ folder }),
})
await orchestrator.start({ runId: RUN_ID })
process.stdout.write(`${JSON.stringify({ what: 'started' })}\n`)
