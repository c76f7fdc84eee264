/** A real engine's run, recorded once and played without it: the same events, the same outputs, no request. */
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createOrchestrator, type DurableEvent, defineFlow, type StepEngine } from '@batonjs/core'
import { createReplayEngine, recordEngine } from '@batonjs/engine-stub'
import { createFsStorage } from '@batonjs/storage-fs'
import { collect, typesOf } from '@batonjs/testkit'
import { says, startVendorServer, uses } from '@batonjs/vendor-server'
import { describe, expect, it } from 'vitest'
import { KEY, makePlace, type Place, removePlace } from './stage/place.ts'
import { claudeCli } from './targets/claude-cli.ts'

function flowWith(task: string) {
  return defineFlow({
    key: 'taped',
    steps: [
      { id: 'write', prompt: `[case:write] ${task}` },
      { id: 'check', prompt: '[case:check] Is it good? $write.output' },
    ],
  })
}

/** Runs the flow and gives what a regression test compares. */
async function play(engine: StepEngine, place: Place, runId: string, task = 'Write a.txt.') {
  const storage = createFsStorage({ folder: place.runs })
  const orchestrator = createOrchestrator({
    flows: [flowWith(task)],
    engines: [engine],
    storage,
    workspace: place.work,
    retry: { maxRetries: 0 },
  })
  const { status, outputs, error } = await orchestrator.execute({
    runId,
    onRequest: () => ({ answer: { approved: true } }),
  })
  await orchestrator.dispose()
  const events: DurableEvent[] = []
  for (const event of await collect(storage.readEvents(runId))) events.push(event)
  return { status, outputs, error, types: typesOf(events) }
}

describe('a cassette of the real Claude', () => {
  const missing = claudeCli.missing()

  it.skipIf(missing !== undefined)(
    'plays the run again without it, and tells when a prompt has changed',
    async () => {
      const server = await startVendorServer({
        keys: [KEY],
        script: ({ results, prompt }) => {
          if (prompt.includes('[case:check]')) return says('It is good.')
          const path = join(place.work, 'a.txt')
          return results.length > 0
            ? says('It is written.')
            : uses('Write', { file_path: path, content: 'A' })
        },
      })
      const place = await makePlace(server.url)
      const tape = await mkdtemp(join(tmpdir(), 'baton-tape-'))
      try {
        const recorded = await play(recordEngine(claudeCli.createEngine(place), tape), place, 'run-recorded')
        expect(recorded).toMatchObject({ status: 'succeeded', outputs: { write: 'It is written.' } })
        expect(recorded.types).toContain('proposed_action')
        const asked = server.requests.length
        const replay = () => createReplayEngine(tape)
        expect(await play(replay(), place, 'run-played')).toEqual(recorded)
        expect(server.requests.length).toBe(asked)
        const changed = await play(replay(), place, 'run-changed', 'Write b.txt.')
        expect(changed).toMatchObject({ status: 'failed', error: { code: 'cassette_mismatch' } })
        expect(changed.error?.message).toContain('Write b.txt.')
      } finally {
        await server.close()
        await removePlace(place)
        await rm(tape, { recursive: true, force: true })
      }
    },
  )
})
