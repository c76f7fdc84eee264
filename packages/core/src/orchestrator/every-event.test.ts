/** A few small runs that between them emit every event there is; `docs/events.md` must list those and no others. */
import { readFileSync } from 'node:fs'
import { createStubEngine, type StubAct, type StubReplies } from '@batonjs/engine-stub'
import { checkJournal, createHandClock } from '@batonjs/testkit'
import { beforeAll, describe, expect, it } from 'vitest'
import { parseEvent } from '../events/encoding.ts'
import type { SwarmFamilyType } from '../events/open-events.ts'
import { isDurable, type SwarmEvent } from '../events/swarm-event.ts'
import { defineFlow } from '../flow/define-flow.ts'
import type { FlowInput } from '../flow/flow.ts'
import { createOrchestrator, type Orchestrator } from './create-orchestrator.ts'
import { createMemoryStorage } from './memory/memory-storage.ts'
import type { RequestHandler } from './options.ts'

const page = readFileSync(new URL('../../../../docs/events.md', import.meta.url), 'utf8')
const clock = createHandClock()
const storage = createMemoryStorage()
const emitted: SwarmEvent[] = []

function host(
  flows: readonly FlowInput[],
  replies: Readonly<Record<string, StubReplies>> = {},
): Orchestrator {
  return createOrchestrator({
    flows: flows.map((flow) => defineFlow(flow)),
    engines: [createStubEngine({ steps: replies }, { clock })],
    checks: { run: ({ command }) => Promise.resolve({ exitCode: command === 'true' ? 0 : 1, output: '' }) },
    storage,
    clock,
  })
}

/** Keeps what a stream yields until it ends. */
async function keep(stream: AsyncIterable<SwarmEvent>): Promise<void> {
  await clock.drive(readAll(stream))
}

async function readAll(stream: AsyncIterable<SwarmEvent>): Promise<void> {
  for await (const event of stream) emitted.push(event)
}

const answers: RequestHandler = ({ kind }) => {
  if (kind === 'clarification') return { answer: { answers: { colour: 'red' } } }
  return { answer: kind === 'callback' ? { payload: { status: 'pr-ready' } } : { approved: true } }
}

const family: readonly SwarmFamilyType[] = [
  'routing_started',
  'routing_completed',
  'planning_started',
  'planning_completed',
  'specialist_started',
  'specialist_completed',
  'specialist_failed',
  'evaluation_started',
  'evaluation_completed',
  'swarm_completed',
  'error_occurred',
]

const acts: readonly StubAct[] = [
  { type: 'session', session: { id: 's-1' } },
  { type: 'retry_notice', message: 'busy', delayMs: 5 },
  { type: 'file_changes', files: [{ path: 'a.ts', action: 'modified', insertions: 1 }] },
  { kind: 'raw', event: { type: 'nonsense' } },
  { kind: 'tool', tool: 'read', input: { path: 'a.ts' }, output: 'text' },
  { kind: 'ask', questions: [{ id: 'colour', text: 'Which colour?' }] },
  { kind: 'propose', action: { name: 'write', input: { path: 'a.ts' } } },
  { kind: 'facts', facts: [{ key: 'port', value: 8080 }] },
  ...family.map((type) => ({ kind: 'record' as const, event: { type, data: { id: 'spec_1' } } })),
  { kind: 'record', event: { type: 'custom', name: 'mine', data: [1, null] } },
]

const day: FlowInput = {
  key: 'day',
  params: { type: 'object' },
  steps: [
    { id: 'work', prompt: 'Work' },
    { id: 'sign', kind: 'approval', prompt: 'Merge $work.output?' },
    { id: 'callback', kind: 'wait', correlation: 'pr-1' },
    { id: 'each', kind: 'map', items: '["a", "b"]', step: { prompt: 'Read $item' } },
    { id: 'never', prompt: 'Never', when: 'false' },
    { id: 'passes', prompt: 'Check', verify: { commands: [{ command: 'true' }] } },
    { id: 'fails', prompt: 'Check', verify: { commands: [{ command: 'false' }] }, allowFailure: true },
    { id: 'below', kind: 'flow', flow: 'outer', routing: { kind: 'linear' } },
  ],
  onComplete: { nextFlow: 'tight', reason: 'day is over' },
}
const outer: FlowInput = {
  key: 'outer',
  steps: [{ id: 'deeper', kind: 'flow', flow: 'inner', allowFailure: true }],
}
const inner: FlowInput = { key: 'inner', steps: [{ id: 'x', prompt: 'X' }] }
const tight: FlowInput = {
  key: 'tight',
  limits: { stepExecutions: 1 },
  steps: [
    { id: 'one', prompt: 'One' },
    { id: 'two', prompt: 'Two' },
  ],
}

async function runDay(): Promise<void> {
  const handoff = {
    assumptions: [{ statement: 'The port is free', confidence: 'high' as const }],
    decisions: [{ subject: 'colour', decision: 'red' }],
    concerns: ['none'],
  }
  const work = {
    attempts: [
      { fail: { code: 'quota', retryable: true, retryAfterMs: 60_000 } },
      { fail: { code: 'busy', retryable: true } },
      { acts, handoff, stream: {}, text: 'Done' },
    ],
  }
  const request = { flow: 'day', follow: 'macro', limits: { depth: 1 }, onRequest: answers } as const
  await keep(host([day, outer, inner, tight], { work }).executeStream(request))
}

/** Pauses, goes on, stops and resumes a run, and answers what nobody asked. */
async function runWithControls(): Promise<void> {
  const slow = { acts: [{ kind: 'wait' as const, ms: 100 }] }
  const ids = ['first', 'second', 'third']
  const flow: FlowInput = { key: 'slow', steps: ids.map((id) => ({ id, prompt: id })) }
  const orchestrator = host([flow], { first: slow, second: slow })
  const run = await orchestrator.start()
  await run.pause()
  await clock.advance(200)
  await run.respond('req-nobody', { approved: true })
  await run.continue()
  await run.stop({ reason: 'lunch' })
  await clock.drive(run.result)
  await keep(run.events({ follow: false }))
  await keep(orchestrator.resumeStream(run.id))
}

/** Fails, is mended and goes on with the mended flow. */
async function runRevised(): Promise<void> {
  const flow = (prompt: string): FlowInput => ({ key: 'mend', steps: [{ id: 'fix', prompt }] })
  const { runId } = await host([flow('Old')], { fix: { fail: { code: 'broken' } } }).execute()
  await keep(host([flow('New')]).resumeStream(runId, { flow: 'current' }))
}

/** A reader that sleeps while more is streamed than is kept for it. */
async function runWithSlowReader(): Promise<void> {
  const text = 'x'.repeat(3_000_000)
  const orchestrator = host([inner], { x: { text, stream: { size: 50_000 } } })
  const run = await orchestrator.start()
  const reader = run.events()
  await reader.next()
  await clock.drive(run.result)
  await keep(reader)
}

/** What a heading of the page, or an item of its list of reserved events, names. */
function namesIn(pattern: RegExp): readonly string[] {
  return [...page.matchAll(pattern)].map(([, name = '']) => name)
}

const documented = namesIn(/^### `([a-z_]+)`$/gm)
const reserved = namesIn(/^- `(\w+)`: reserved/gm)

describe('every event', () => {
  beforeAll(async () => {
    await runDay()
    await runWithControls()
    await runRevised()
    await runWithSlowReader()
  })

  it('E4: is in docs/events.md, and what is there is emitted or reserved for a later version', () => {
    const types = new Set<string>(emitted.map(({ type }) => type))
    expect([...types].sort()).toEqual(documented.filter((name) => !reserved.includes(name)).sort())
  })

  it('reserves only what needs a navigator', () => {
    expect([...reserved].sort()).toEqual([
      'flow_injected',
      'graph_extended',
      'node_injected',
      'routing_offroad',
    ])
  })

  it('E1: is one that parseEvent accepts, also after a round trip through JSON', () => {
    for (const event of emitted) expect(parseEvent(JSON.parse(JSON.stringify(event)))).toEqual(event)
  })

  it('E2: is stored with a seq, or only streamed and then without one', () => {
    const streamed = new Set(emitted.filter((event) => !isDurable(event)).map(({ type }) => type))
    expect([...streamed].sort()).toEqual(['chunks_dropped', 'retry_notice', 'token_chunk'])
  })

  it('E3: stands in a sound journal', () => {
    const durable = emitted.filter(isDurable)
    const runs = new Set(durable.map(({ runId }) => runId))
    expect(runs.size).toBe(4)
    for (const id of runs) {
      const journal = durable.filter(({ runId }) => runId === id)
      if (journal[0]?.seq === 1) expect(checkJournal(journal)).toEqual([])
    }
  })
})
