/** A run waits for a human, who answers from a second process that knows nothing but the folder. */
import assert from 'node:assert/strict'
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { createOrchestrator, defineFlow } from '@batonjs/core'
import { createStubEngine } from '@batonjs/engine-stub'
import { createFsStorage } from '@batonjs/storage-fs'

const release = defineFlow({
  key: 'release',
  steps: [
    { id: 'notes', prompt: 'Write the release notes of version $params.version.' },
    {
      id: 'sign-off',
      kind: 'approval',
      prompt: 'Publish $params.version?\n\n$notes.output',
      deadlineMs: 60_000, // Silence is a no.
    },
    { id: 'publish', kind: 'function', run: ({ params }) => `published ${params.version}` },
  ],
})

/** The first process: runs the flow. Once somebody is asked, it starts the second one. */
async function runRelease(folder: string): Promise<void> {
  const engine = createStubEngine({ steps: { notes: { text: 'A killed run goes on where it was.' } } })
  const storage = createFsStorage({ folder })
  const orchestrator = createOrchestrator({ flows: [release], engines: [engine], storage })

  const run = await orchestrator.start({ params: { version: '2.0.0' } })
  let second: Promise<unknown[]> | undefined
  for await (const event of run.events()) {
    if (!('stepId' in event)) continue
    console.log(`run     ${event.type} ${event.stepId}`)
    if (event.type === 'approval_requested') second = startSecondProcess(folder)
    if (event.type === 'approval_resolved') assert.equal(event.by, 'ada')
  }
  const { output } = await run.result
  console.log(`run     ${output}`)
  assert.equal(output, 'published 2.0.0')
  assert.deepEqual(await second, [0, null])
}

/** Resolves to its exit code and signal. */
function startSecondProcess(folder: string): Promise<unknown[]> {
  const command = [...process.execArgv, fileURLToPath(import.meta.url), 'answer', folder]
  const env = { PATH: process.env.PATH }
  return once(spawn(process.execPath, command, { env, stdio: 'inherit' }), 'exit')
}

/** The second process: lists who waits for an answer, and gives one. */
async function answerRequests(folder: string): Promise<void> {
  const orchestrator = createOrchestrator({ storage: createFsStorage({ folder }) })
  const { runs } = await orchestrator.runs({ status: 'waiting' })
  for (const { runId, openRequests } of runs) {
    for (const { requestId, step, prompt } of openRequests) {
      console.log(`answer  ${step} asks: ${prompt.replaceAll('\n', ' ')}`)
      const answer = { approved: true, comment: 'Well said' }
      const acknowledgement = await orchestrator.open(runId).respond(requestId, answer, { by: 'ada' })
      console.log('answer ', acknowledgement)
    }
  }
}

const [role, given] = process.argv.slice(2)
if (role === 'answer' && given !== undefined) {
  await answerRequests(given)
} else {
  const folder = await mkdtemp(join(tmpdir(), 'baton-'))
  await runRelease(folder).finally(() => rm(folder, { recursive: true }))
}
