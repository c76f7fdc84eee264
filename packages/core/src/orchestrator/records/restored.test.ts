/** What a process that takes a run over writes of what the one before had not. */
import { describe, expect, it } from 'vitest'
import type { StepInput } from '../../flow/flow.ts'
import type { ArtifactStore } from '../../storage/artifact-store.ts'
import type { RunStorage } from '../../storage/storage.ts'
import { createMemoryStorage } from '../memory/memory-storage.ts'
import { createProcess } from '../process.fixture.ts'

const steps: readonly StepInput[] = [
  { id: 'a', prompt: 'Judge', routing: { kind: 'microloop', loopTarget: 'a', next: 'gate' } },
  { id: 'gate', kind: 'approval', prompt: 'Go?' },
]
const RECEIPT = 'main/receipts/a-agent.1.1.json'
const ENVELOPE = 'main/handoff/a.1.1.json'
const replies = { a: { acts: [{ kind: 'tool' as const, tool: 'look' }] } }

/** A run that waits, of which what this function lets through was written. */
async function leaveRun(memory: RunStorage, toWritten: (path: string, text: string) => string | undefined) {
  const artifacts = (runId: string): ArtifactStore => {
    const store = memory.artifacts(runId)
    const put: ArtifactStore['put'] = async (path, content, options) => {
      const text = toWritten(path, String(content))
      if (text !== undefined) await store.put(path, text, options)
    }
    return { ...store, put }
  }
  const { orchestrator } = createProcess(steps, { storage: { ...memory, artifacts }, replies })
  expect(await orchestrator.execute({ runId: 'run-1' })).toMatchObject({ status: 'waiting' })
}

async function filesOf(memory: RunStorage): Promise<readonly unknown[]> {
  const texts = [RECEIPT, ENVELOPE].map((path) => memory.artifacts('run-1').get(path))
  return (await Promise.all(texts)).map((text) => JSON.parse(text ?? 'null'))
}

async function takeOver(storage: RunStorage): Promise<void> {
  const { orchestrator } = createProcess(steps, { storage })
  await orchestrator.resume('run-1', { onRequest: () => ({ answer: { approved: true } }) })
}

/** As it was written at the end of the attempt, before its route. */
function unrouted(_: string, text: string): string {
  if (!text.startsWith('{\n')) return text
  const file = JSON.parse(text)
  return JSON.stringify({ ...file, ...('routing' in file ? { routing: null } : { routing_signal: null }) })
}

describe('the files of an attempt', () => {
  it('J4: are left alone by who takes the run over when nothing is missing', async () => {
    const memory = createMemoryStorage()
    await leaveRun(memory, (_, text) => text)
    const written: string[] = []
    const artifacts = (runId: string): ArtifactStore => {
      const store = memory.artifacts(runId)
      const put: ArtifactStore['put'] = async (path, content, options) => {
        written.push(path)
        await store.put(path, content, options)
      }
      return { ...store, put }
    }
    await takeOver({ ...memory, artifacts })
    expect(written.filter((path) => path === RECEIPT || path === ENVELOPE)).toEqual([])
  })

  it('J4: are given the route that a process could not write any more, and lose nothing', async () => {
    const [whole, memory] = [createMemoryStorage(), createMemoryStorage()]
    await leaveRun(whole, (_, text) => text)
    await leaveRun(memory, unrouted)
    expect(await filesOf(memory)).toMatchObject([{ routing: null }, { routing_signal: null }])
    await takeOver(memory)
    const [receipt, envelope] = await filesOf(memory)
    expect(receipt).toMatchObject({ routing: { decision: 'advance' }, mode: 'stub', tool_calls: 1 })
    const expected = await filesOf(whole)
    expect(Object.keys(Object(receipt))).toEqual(Object.keys(Object(expected[0])))
    expect(envelope).toMatchObject({
      routing_signal: { decision: 'advance' },
      prompt_hash: expect.stringMatching(/^[0-9a-f]{64}$/),
    })
  })

  it('J4: are written anew when they are lost or spoilt, as far as the journal knows them', async () => {
    for (const spoil of [() => undefined, () => 'spoilt']) {
      const memory = createMemoryStorage()
      await leaveRun(memory, spoil)
      await takeOver(memory)
      expect(await filesOf(memory)).toMatchObject([
        { engine: 'stub', tool_calls: 1, engine_version: null, routing: { decision: 'advance' } },
        { step_status: 'succeeded', prompt_hash: null, routing_signal: { decision: 'advance' } },
      ])
    }
  })
})
