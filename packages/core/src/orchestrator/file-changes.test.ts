/** Files that a step says it has changed. */
import { firstOf } from '@batonjs/testkit'
import { expect, it } from 'vitest'
import type { StepEngine } from '../engine/engine.ts'
import { createProcess, journalOf } from './process.fixture.ts'

it('L2: are evidence, and cost as much as they are: 20,000 told one by one cost no minute', async () => {
  const engine: StepEngine = {
    specVersion: 1,
    id: 'writer',
    async *runStep() {
      for (let index = 0; index < 20_000; index += 1)
        yield { type: 'file_changes', files: [{ path: `src/file-${index}.ts`, action: 'modified' }] }
      return { status: 'succeeded', output: 'Done' }
    },
  }
  const { orchestrator, storage } = createProcess([{ id: 'a', prompt: 'Write' }], { engines: [engine] })
  const started = performance.now()
  expect(await orchestrator.execute({ runId: 'run-1' })).toMatchObject({ status: 'succeeded' })
  expect(performance.now() - started).toBeLessThan(5_000)
  const { output, evidenceDigest } = firstOf(await journalOf(storage, 'run-1'), 'step_end')
  expect(evidenceDigest).not.toBe(output.digest)
  const envelope = await storage.artifacts('run-1').get('main/handoff/a.json')
  expect(JSON.parse(envelope ?? '').file_changes.files).toHaveLength(20_000)
})
