import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createFsStorage } from '@batonjs/storage-fs'
import { allOf, firstOf } from '@batonjs/testkit'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import type { StepInput } from '../../flow/flow.ts'
import { createMemoryStorage } from '../memory/memory-storage.ts'
import { createProcess, journalOf, readUntil } from '../process.fixture.ts'

let folder = ''
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'baton-records-'))
})
afterEach(() => rmSync(folder, { recursive: true, force: true }))

const at = (...names: readonly string[]): string => join(folder, 'run-1', 'main', ...names)
const linesOf = (path: string) =>
  readFileSync(path, 'utf8')
    .trimEnd()
    .split('\n')
    .map((line) => JSON.parse(line))

describe('what a run leaves on disk', () => {
  it('J4: the transcript grows while the step runs; receipt and handoff follow its end', async () => {
    const storage = createFsStorage({ folder })
    let endStep = (): void => {}
    const ended = new Promise<void>((resolve) => {
      endStep = resolve
    })
    const { orchestrator } = createProcess([{ id: 'a', prompt: 'Look around', agents: ['scout'] }], {
      storage,
      replies: {
        a: {
          acts: [
            { kind: 'tool', tool: 'look', output: 'a door' },
            { type: 'file_changes', files: [{ path: 'x.ts', action: 'created' }] },
            { kind: 'run', run: () => ended },
          ],
        },
      },
    })
    const run = await orchestrator.start({ runId: 'run-1' })
    await readUntil(run, ({ type }) => type === 'file_changes')
    const written = (): string => {
      const path = at('llm', 'a-scout-stub.jsonl')
      return existsSync(path) ? readFileSync(path, 'utf8') : ''
    }
    await expect.poll(written, { timeout: 20_000 }).toContain('a door')
    expect(existsSync(at('receipts', 'a-scout.json'))).toBe(false)
    endStep()
    expect(await run.result).toMatchObject({ status: 'succeeded' })
    expect(linesOf(at('llm', 'a-scout-stub.jsonl')).map(({ role, type }) => role ?? type)).toEqual([
      'system',
      'user',
      'tool_use',
      'tool_result',
      'assistant',
    ])
    expect(JSON.parse(readFileSync(at('receipts', 'a-scout.json'), 'utf8'))).toMatchObject({
      engine: 'stub',
      status: 'succeeded',
    })
    expect(JSON.parse(readFileSync(at('handoff', 'a.json'), 'utf8'))).toMatchObject({ step_id: 'a' })
    await orchestrator.dispose()
  })

  it('J4: each execution has its own files, and the source’s name holds the latest', async () => {
    const storage = createFsStorage({ folder })
    const { orchestrator } = createProcess(
      [
        { id: 'draft', prompt: 'Draft', needs: [] },
        {
          id: 'judge',
          prompt: 'Judge',
          needs: ['draft'],
          routing: { kind: 'microloop', loopTarget: 'draft' },
        },
      ],
      {
        storage,
        replies: { judge: [{ verdict: 'UNVERIFIED' }, {}], draft: [{ text: 'one' }, { text: 'two' }] },
      },
    )
    await orchestrator.execute({ runId: 'run-1' })
    const transcripts = readdirSync(at('llm')).filter((name) => name.startsWith('draft'))
    expect(transcripts).toHaveLength(3)
    const texts = transcripts.map((name) => linesOf(at('llm', name)).at(-1).content)
    expect(texts.sort()).toEqual(['one', 'two', 'two'])
    await orchestrator.dispose()
  })

  it('A4: receipts and envelopes tell the station, the bound of the loop and what a lost attempt took', async () => {
    const hanging = { ending: { kind: 'hang' as const } }
    const { orchestrator, clock, storage } = createProcess(
      [
        { id: 'fast', prompt: 'F', needs: [] },
        { id: 'slow', prompt: 'S', needs: [] },
        { id: 'race', prompt: 'R', needs: ['fast', 'slow'], triggerRule: 'one_success', losers: 'cancel' },
        {
          id: 'judge',
          prompt: 'J',
          needs: ['race'],
          station: 'lab',
          routing: { kind: 'microloop', loopTarget: 'judge', maxIterations: 4 },
        },
      ],
      { replies: { slow: hanging, fast: { acts: [{ kind: 'wait', ms: 30 }] } } },
    )
    expect(await clock.drive(orchestrator.execute({ runId: 'run-1' }))).toMatchObject({ status: 'succeeded' })
    const read = async (path: string) =>
      JSON.parse((await storage.artifacts('run-1').get(`main/${path}`)) ?? '')
    expect(await read('receipts/slow-agent.json')).toMatchObject({ status: 'skipped', duration_ms: 30 })
    expect(await read('receipts/judge-lab.json')).toMatchObject({
      routing: { loop_iteration: 0, max_iterations: 4 },
    })
    expect(await read('handoff/judge.json')).toMatchObject({ station_id: 'lab' })
    expect(await read('handoff/slow.json')).toMatchObject({ station_id: null })
  })

  it('law 6: a projection that cannot be written is told once and harms nothing', async () => {
    const memory = createMemoryStorage()
    const storage = {
      ...memory,
      artifacts: (runId: string) => ({
        ...memory.artifacts(runId),
        put: () => Promise.reject(new Error('no room')),
      }),
    }
    const steps: readonly StepInput[] = [
      { id: 'a', prompt: 'A' },
      { id: 'gate', kind: 'approval', prompt: 'Go?' },
    ]
    const { orchestrator } = createProcess(steps, { storage })
    expect(await orchestrator.execute({ runId: 'run-1' })).toMatchObject({ status: 'waiting' })
    const told = allOf(await journalOf(memory, 'run-1'), 'diagnostic')
    expect(told.map(({ code, message }) => [code, message])).toEqual([['projection_failed', 'no room']])
  })
})

describe('facts', () => {
  const put = (key: string, value: string, confidence: number) => ({
    acts: [{ kind: 'facts' as const, facts: [{ key, value, confidence, evidence: ['readme.md'] }] }],
  })

  it('E4: are recorded with author, confidence, evidence and version; those that conflict are all kept', async () => {
    let seen: unknown
    const { orchestrator, storage } = createProcess(
      [
        { id: 'one', prompt: 'One', agents: ['scout'] },
        { id: 'two', prompt: 'Two' },
        {
          id: 'read',
          kind: 'function',
          run: async ({ facts }) => {
            seen = await facts.get('language')
            return (await facts.list()).map(({ key }) => key)
          },
        },
      ],
      { replies: { one: put('language', 'rust', 0.9), two: put('language', 'go', 0.4) } },
    )
    const result = await orchestrator.execute({ runId: 'run-1' })
    expect(result.output).toEqual(['language'])
    expect(seen).toEqual({
      key: 'language',
      conflict: true,
      best: expect.objectContaining({ value: 'rust' }),
      entries: [
        {
          key: 'language',
          value: 'rust',
          author: 'scout',
          confidence: 0.9,
          evidence: ['readme.md'],
          version: 1,
        },
        { key: 'language', value: 'go', author: 'two', confidence: 0.4, evidence: ['readme.md'], version: 2 },
      ],
    })
    const updates = allOf(await journalOf(storage, 'run-1'), 'facts_updated')
    expect(updates.map(({ conflicts }) => conflicts)).toEqual([[], ['language']])
  })

  it('E4: come from a handoff too, with its assumptions and decisions, and survive a resume', async () => {
    const steps: readonly StepInput[] = [
      { id: 'one', prompt: 'One' },
      { id: 'gate', kind: 'approval', prompt: 'Go?' },
      {
        id: 'read',
        kind: 'function',
        run: async ({ facts }) => (await facts.get('size'))?.best.value ?? null,
      },
    ]
    const handoff = {
      facts: [{ key: 'size', value: 7 }],
      assumptions: [{ statement: 'it is small' }],
      decisions: [{ subject: 'scope', decision: 'narrow' }],
    }
    const { orchestrator, storage } = createProcess(steps, { replies: { one: { handoff } } })
    await orchestrator.execute({ runId: 'run-1' })
    const events = await journalOf(storage, 'run-1')
    expect(firstOf(events, 'assumption_recorded').assumption).toMatchObject({ statement: 'it is small' })
    expect(firstOf(events, 'decision_recorded').decision).toMatchObject({ decision: 'narrow' })
    const again = createProcess(steps, { storage })
    const result = await again.orchestrator.resume('run-1', {
      onRequest: () => ({ answer: { approved: true } }),
    })
    expect(result.output).toBe(7)
  })
})
