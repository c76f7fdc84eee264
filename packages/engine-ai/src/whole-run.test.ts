import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import {
  createMemoryStorage,
  createOrchestrator,
  defineFlow,
  isDurable,
  type RunStorage,
  type StepEngine,
  type SwarmEvent,
} from '@batonjs/core'
import { createReplayEngine, recordEngine } from '@batonjs/engine-stub'
import { collect } from '@batonjs/testkit'
import { fails, gives, type Message, type Script, says, uses } from '@batonjs/vendor-server'
import { tool } from 'ai'
import { describe, expect, it, onTestFinished } from 'vitest'
import { z } from 'zod'
import { startModel } from './loopback.fixture.ts'

const flow = defineFlow({
  key: 'notes',
  steps: [
    { id: 'read', prompt: '[case:read] Read a.txt.', retry: { maxRetries: 1, delayMs: 1 } },
    {
      id: 'count',
      prompt: '[case:count] Count.',
      output: { type: 'object', properties: { lines: { type: 'number' } }, required: ['lines'] },
    },
    { id: 'write', prompt: '[case:write] Write $read.output to b.txt.' },
  ],
})

const script: Script = {
  read: ({ prompts, repeat, messages }) => {
    if (!hasToolResult(messages)) return uses('read', { path: 'a.txt' })
    return prompts === 1 && repeat === 1 ? fails(503) : says('It says hello.')
  },
  count: ({ prompts }) => gives({ lines: prompts === 1 ? 'one' : 1 }),
  write: ({ messages }) =>
    hasToolResult(messages) ? says(['It is ', 'written.']) : uses('write', { path: 'b.txt', text: 'hello' }),
}

function hasToolResult(messages: readonly Message[]): boolean {
  return messages.some(({ from }) => from === 'tool')
}

/** Tools on a disk in memory, and what they did. */
function createDisk() {
  const done: string[] = []
  const tools = {
    read: tool({
      inputSchema: z.object({ path: z.string() }),
      needsApproval: false,
      execute: async ({ path }) => done.push(`${path} is read`),
    }),
    write: tool({
      inputSchema: z.object({ path: z.string(), text: z.string() }),
      execute: async ({ path, text }) => done.push(`${path}: ${text}`),
    }),
  }
  return { done, tools }
}

function temporaryFolder(): string {
  const folder = mkdtempSync(join(tmpdir(), 'baton-ai-'))
  onTestFinished(() => rmSync(folder, { recursive: true }))
  return folder
}

const shown = (event: SwarmEvent): string =>
  'stepId' in event ? `${event.type} ${event.stepId}#${event.iteration}.${event.attempt}` : event.type

/** A whole run: what is told in its journal, and what it gives. */
async function run(engine: StepEngine) {
  const orchestrator = createOrchestrator({ flows: [flow], engines: [engine] })
  const onRequest = () => ({ answer: { approved: true }, by: 'me' })
  const events = await collect(orchestrator.executeStream({ onRequest }))
  const { status, outputs, usage } = await orchestrator.open(events[0]?.runId ?? '').result
  return { status, outputs, usage, told: events.filter(isDurable).map(shown) }
}

describe('a run on a model of the ai SDK', () => {
  it('retries, uses tools, mends an answer, and plays from cassettes as it ran', async () => {
    const { done, tools } = createDisk()
    const { engine, server } = await startModel(script, { tools })
    const folder = temporaryFolder()
    const recorded = await run(recordEngine(engine, folder))
    expect(recorded).toMatchObject({
      status: 'succeeded',
      outputs: { read: 'It says hello.', count: { lines: 1 }, write: 'It is written.' },
    })
    // The second attempt goes on behind the tool that the first one has used.
    expect(recorded.told).toContain('step_start read#1.2')
    expect(done).toEqual(['a.txt is read', 'b.txt: hello'])

    const asked = server.requests.length
    const player = createReplayEngine(folder)
    expect(await run(player)).toEqual(recorded)
    expect(await player.unplayed()).toEqual([])
    expect(server.requests).toHaveLength(asked)
    expect(done).toHaveLength(2)
  })

  it('H4, S5: goes on in its conversation when a human has decided in another process', async () => {
    const { done, tools } = createDisk()
    const { engine, server } = await startModel(script, { tools })
    const storage = createMemoryStorage()
    const asking = defineFlow({ key: 'ask', steps: [{ id: 'write', prompt: '[case:write] Write.' }] })
    const open = (from: RunStorage) =>
      createOrchestrator({ flows: [asking], engines: [engine], storage: from })

    const { runId, status, openRequests } = await open(storage).execute()
    expect(status).toBe('waiting')
    expect(openRequests).toHaveLength(1)
    expect(done).toEqual([])
    await open(storage)
      .open(runId)
      .respond(openRequests[0]?.requestId ?? '', { approved: true })
    expect(await open(storage).resume(runId)).toMatchObject({ status: 'succeeded', output: 'It is written.' })

    expect(done).toEqual(['b.txt: hello'])
    // The second process says nothing again: it answers the call of the tool.
    expect(server.requests).toHaveLength(2)
    const told = (await collect(open(storage).open(runId).events({ follow: false }))).map(shown)
    expect(told.filter((line) => /proposed_action|action_resolved|tool_/.test(line))).toEqual([
      'proposed_action write#1.1',
      'action_resolved write#1.1',
      'tool_start write#1.2',
      'tool_end write#1.2',
    ])
  })

  it('S5: begins anew when its conversation is larger than a session may be', async () => {
    const { done } = createDisk()
    const inputSchema = z.object({ path: z.string() })
    const read = async ({ path }: { path: string }) => {
      done.push(path)
      return 'x'.repeat(1_100_000)
    }
    const tools = { read: tool({ inputSchema, needsApproval: false, execute: read }) }
    const { engine } = await startModel(script, { tools })
    const prompt = '[case:read] Read all of it.'
    const large = defineFlow({
      key: 'large',
      steps: [{ id: 'read', prompt, retry: { maxRetries: 1, delayMs: 1 } }],
    })
    const orchestrator = createOrchestrator({ flows: [large], engines: [engine] })
    const events = await collect(orchestrator.executeStream())
    expect(events.map(shown)).toContain('step_end read#1.2')
    expect(done).toHaveLength(2)
  })

  it('law 7: a policy of the host answers for its tools', async () => {
    const { done, tools } = createDisk()
    const { engine } = await startModel(script, { tools })
    const asking = defineFlow({ key: 'ask', steps: [{ id: 'write', prompt: '[case:write] Write.' }] })
    for (const [permissions, written] of [
      [{ deny: ['wri*'] }, 0],
      [{ allow: ['write'] }, 1],
    ] as const) {
      const orchestrator = createOrchestrator({ flows: [asking], engines: [engine], permissions })
      expect((await orchestrator.execute()).status).toBe('succeeded')
      expect(done).toHaveLength(written)
    }
  })
})
