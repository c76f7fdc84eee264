import { firstOf } from '@batonjs/testkit'
import { describe, expect, it } from 'vitest'
import type { FunctionContext } from '../engine/context.ts'
import type { StepInput } from '../flow/flow.ts'
import type { RunStorage } from '../storage/storage.ts'
import { createMemoryStorage } from './memory/memory-storage.ts'
import { createProcess, journalOf } from './process.fixture.ts'

/** What a call may try to change: each must throw. */
const crimes: Readonly<Record<string, (context: FunctionContext) => unknown>> = {
  'an output': ({ output }) => Object.assign(Object(output('a')), { list: [99] }),
  'what lies in an output': ({ output }) =>
    Object.values<number[]>(Object(output('a'))).map((list) => list.sort()),
  'the params': ({ params }) => Object.assign(params, { topic: 'changed' }),
  'what lies in the params': ({ params }) => Object.assign(Object(params.deep), { topic: 'changed' }),
  'an answer': async ({ ask }) => Object.assign(await ask([{ id: 'q', text: 'Q' }]), { q: 'changed' }),
  'a fact': async ({ facts }) => Object.assign(Object((await facts.get('k'))?.best.value), { n: 99 }),
  'a list of facts': async ({ facts }) =>
    Object.assign(Object((await facts.list())[0]?.best.value), { n: 99 }),
}

const steps: readonly StepInput[] = [
  {
    id: 'a',
    kind: 'function',
    async run({ facts }) {
      await facts.put({ key: 'k', value: { n: 1 } })
      return { list: [3, 1, 2] }
    },
  },
  { id: 'gate', kind: 'approval', prompt: 'Go on?' },
  {
    id: 'b',
    kind: 'function',
    async run(context) {
      const ends: string[] = []
      for (const crime of Object.values(crimes)) {
        ends.push(
          await Promise.resolve(context)
            .then(crime)
            .then(
              () => 'done',
              (thrown) => thrown.name,
            ),
        )
      }
      return ends
    },
  },
  {
    id: 'each',
    kind: 'map',
    items: '$params.items',
    step: { kind: 'function', run: ({ value }) => Object.isFrozen(value) },
  },
  { id: 'c', kind: 'function', run: ({ output, params }) => [output('a'), params] },
]

/** Another storage that gives the journal as a file would: as objects of its own. */
async function reread(storage: RunStorage): Promise<RunStorage> {
  const copy = createMemoryStorage()
  const writer = await copy.createRun(structuredClone(await journalOf(storage, 'run-1')))
  await writer.close()
  return copy
}

describe('what a call is handed', () => {
  it.each([
    ['in the process that recorded it', async (storage: RunStorage) => storage],
    ['in one that has read it from the journal', reread],
  ])('law 1: cannot be changed %s', async (_, move) => {
    const params = { topic: 'x', deep: { topic: 'y' }, items: [{ n: 1 }] }
    const before = createProcess(steps)
    await before.orchestrator.execute({ runId: 'run-1', params })
    const storage = await move(before.storage)
    const { outputs } = await createProcess(steps, { storage }).orchestrator.resume('run-1', {
      onRequest: ({ kind }) => ({
        answer: kind === 'approval' ? { approved: true } : { answers: { q: 'yes' } },
      }),
    })
    expect(outputs).toMatchObject({
      b: Object.keys(crimes).map(() => 'TypeError'),
      each: [true],
      c: [{ list: [3, 1, 2] }, params],
    })
    expect(firstOf(await journalOf(storage, 'run-1'), 'step_end').data).toEqual({ list: [3, 1, 2] })
    expect(Object.isFrozen(params)).toBe(false)
  })
})
