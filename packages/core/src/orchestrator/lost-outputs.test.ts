import { allOf, firstOf } from '@batonjs/testkit'
import { describe, expect, it } from 'vitest'
import { defineFlow } from '../flow/define-flow.ts'
import { digestText } from '../flow/digest.ts'
import type { FlowInput, StepInput } from '../flow/flow.ts'
import type { RunStorage } from '../storage/storage.ts'
import { createMemoryStorage } from './memory/memory-storage.ts'
import type { RunResult } from './options.ts'
import { createProcess, journalOf } from './process.fixture.ts'

const long = 'SECRET '.repeat(5_000)
const list = Array.from({ length: 5_000 }, (_, index) => `item ${index} of a long list`)
const text: StepInput = { id: 'a', kind: 'function', run: () => long }
const data: StepInput = { id: 'a', kind: 'function', run: () => list }
const gate: StepInput = { id: 'gate', kind: 'approval', prompt: 'Go on?' }

interface Harmed {
  readonly result: RunResult
  readonly storage: RunStorage
}

type Harm = (storage: RunStorage) => Promise<RunStorage>

/** Runs until somebody is asked, does harm to what is stored, and goes on in another process. */
async function harmed(flow: Omit<FlowInput, 'key'>, harm: Harm): Promise<Harmed> {
  const flows = [defineFlow({ key: 'main', ...flow })]
  const before = createProcess(flows)
  await before.orchestrator.execute({ runId: 'run-1' })
  const storage = await harm(before.storage)
  const result = await createProcess(flows, { storage }).orchestrator.resume('run-1', {
    onRequest: () => ({ answer: { approved: true } }),
  })
  return { result, storage }
}

const lose: Harm = async (storage) => ({
  ...storage,
  artifacts: (runId) => ({ ...storage.artifacts(runId), get: async () => undefined }),
})

const forge: Harm = async (storage) => {
  const files = storage.artifacts('run-1')
  for (const path of await files.list('main/outputs/')) await files.put(path, '"FORGED"')
  return storage
}

const harms = [
  ['a lost text', text, lose],
  ['another text', text, forge],
  ['lost data', data, lose],
  ['other data', data, forge],
] as const

const readers: readonly (readonly [string, StepInput])[] = [
  ['a reference', { id: 'b', prompt: 'Read $a.output' }],
  ['a history', { id: 'b', prompt: 'Go on' }],
  ['a function', { id: 'b', kind: 'function', run: ({ output }) => String(output('a')).length }],
  ['a map', { id: 'b', kind: 'map', items: '$a.output', step: { prompt: '$item' } }],
]

describe('an output in an artifact', () => {
  for (const [what, producer, harm] of harms) {
    it.each(readers)(`law 6: ${what} fails the step that reads it by %s, and no other`, async (_, reader) => {
      const steps: readonly StepInput[] = [
        producer,
        gate,
        { ...reader, allowFailure: true },
        { id: 'c', kind: 'approval', prompt: 'C' },
      ]
      const { result, storage } = await harmed({ steps }, harm)
      const [error, ...others] = allOf(await journalOf(storage, 'run-1'), 'step_error')
      expect(error).toMatchObject({ stepId: 'b', error: { code: 'output_lost', retryable: false } })
      expect(error?.error.message).toContain('"main/outputs/a.1.1.')
      expect(others).toEqual([])
      expect(result).toMatchObject({ status: 'partial', outputs: { c: { approved: true } } })
    })
  }

  it('law 6: a step that does not read what is lost goes on, and the result says what it lacks', async () => {
    const reader: StepInput = { id: 'b', kind: 'function', run: () => 'fine' }
    const { result } = await harmed({ steps: [text, gate, reader] }, lose)
    expect(result).toMatchObject({ status: 'succeeded', output: 'fine', error: { code: 'output_lost' } })
    expect(Object.keys(result.outputs)).toEqual(['gate', 'b'])
  })

  it('law 6: the output of a flow is not taken from what is lost', async () => {
    const { result } = await harmed({ steps: [text, gate], output: '$a.output' }, lose)
    expect(result).toMatchObject({ status: 'failed', output: null, error: { code: 'output_lost' } })
  })

  it('M1: a map of which an item’s output is lost fails', async () => {
    const items: StepInput = { id: 'a', kind: 'function', run: () => [1] }
    const step: StepInput = {
      id: 'each',
      kind: 'map',
      items: '$a.output',
      step: { kind: 'function', run: () => long },
    }
    const storage = await lose(createMemoryStorage())
    const { orchestrator } = createProcess([items, step], { storage })
    expect(await orchestrator.execute()).toMatchObject({ status: 'failed', error: { code: 'output_lost' } })
  })

  it('law 1: each is named by its content', async () => {
    const flow = defineFlow({ key: 'main', steps: [text], output: '$a.output' })
    const { orchestrator, storage } = createProcess([flow])
    await orchestrator.execute({ runId: 'run-1' })
    const digits = digestText(long).slice(0, 16)
    const events = await journalOf(storage, 'run-1')
    expect(firstOf(events, 'step_end').output.ref).toBe(`main/outputs/a.1.1.${digits}.txt`)
    expect(firstOf(events, 'flow_end').result?.output.ref).toBe(`main/outputs/flow.${digits}.txt`)
  })

  it('J5: one of an older journal, whose name has no digest, is read as it lies', async () => {
    const age: Harm = async (storage) => {
      const older = createMemoryStorage()
      const plain = (path: string): string => path.replace(/\.[0-9a-f]{16}(?=\.(txt|json))/g, '')
      const writer = await older.createRun(
        JSON.parse(plain(JSON.stringify(await journalOf(storage, 'run-1')))),
      )
      await writer.close()
      for (const path of await storage.artifacts('run-1').list('main/outputs/')) {
        const content = (await storage.artifacts('run-1').get(path)) ?? ''
        await older.artifacts('run-1').put(plain(path), content)
      }
      return older
    }
    const length: StepInput = {
      id: 'b',
      kind: 'function',
      run: ({ output }) => Object.keys(output('a') ?? '').length,
    }
    const { result, storage } = await harmed({ steps: [data, gate, length] }, age)
    expect(firstOf(await journalOf(storage, 'run-1'), 'step_end').dataRef).toBe('main/outputs/a.1.1.json')
    expect(result).toMatchObject({ status: 'succeeded', output: list.length })
  })

  it('J5: whatever the id of its step, its name is one that the allow-list lets through', async () => {
    for (const id of ['con', 'x'.repeat(128)]) {
      const { orchestrator } = createProcess([{ id, kind: 'function', run: () => long }])
      expect(await orchestrator.execute()).toMatchObject({ status: 'succeeded', output: long })
    }
  })
})

describe('the files of a run, for a call', () => {
  it.each([
    'outputs/a.txt',
    'sessions/a.json',
    'receipts/a.json',
    'handoff/a.json',
    'llm/a.jsonl',
    'OUTPUTS/a',
    'llm',
  ])('law 1: "%s" in the folder of a visit is Baton’s, to be read only', async (path) => {
    const codes: unknown[] = []
    const run: Extract<StepInput, { kind: 'function' }>['run'] = async ({ artifacts }) => {
      const tries = [
        artifacts.put(`main/${path}`, 'FORGED'),
        artifacts.put('main/mine.md', 'FORGED', { also: `main#2/${path}` }),
        artifacts.append(`main/${path}`, 'FORGED'),
      ]
      for (const end of await Promise.allSettled(tries))
        codes.push(end.status === 'rejected' && end.reason.code)
      await artifacts.put('main/mine/outputs/a.txt', 'fine')
      return (await artifacts.get(`main/${path}`)) ?? 'nothing'
    }
    const { orchestrator } = createProcess([{ id: 'a', kind: 'function', run }])
    expect(await orchestrator.execute()).toMatchObject({ status: 'succeeded', output: 'nothing' })
    expect(codes).toEqual(['path_refused', 'path_refused', 'path_refused'])
  })
})
