/** Names and values that JavaScript, a file system or UTF-8 would read as something else (faults 15, 19 and 23). */
import { existsSync, mkdtempSync, readdirSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import {
  createOrchestrator,
  type DurableEvent,
  defineFlow,
  type JsonObject,
  type Orchestrator,
  SwarmError,
} from '@batonjs/core'
import { createStubEngine, type StubEngine, type StubReply } from '@batonjs/engine-stub'
import { createFsStorage } from '@batonjs/storage-fs'
import { checkJournal, collect, firstOf } from '@batonjs/testkit'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'

let folder = ''
beforeEach(() => {
  folder = join(mkdtempSync(join(tmpdir(), 'baton-names-')), 'runs')
})
afterEach(() => rmSync(join(folder, '..'), { recursive: true, force: true }))

/** Own members with the names of inherited ones, as only a parser makes them. */
const inherited: JsonObject = JSON.parse(
  '{"__proto__": {"polluted": "by __proto__"}, "constructor": {"prototype": {"polluted": "by constructor"}}, "toString": "text"}',
)
const KEYS = [
  '__proto__',
  'constructor',
  'toString',
  'a/../../x',
  '..',
  'CON',
  'A',
  'a',
  'é',
  'e\u0301',
  '\u0000',
]

const main = defineFlow({
  key: 'constructor',
  steps: [
    { id: 'constructor', agents: ['constructor'], prompt: 'Have $params.__proto__.polluted', needs: [] },
    {
      id: 'valueof',
      prompt: 'Of $constructor.output.__proto__.polluted and $constructor.output.toString',
      when: "steps['constructor'].data.toString == 'text'",
      needs: ['constructor'],
    },
    {
      id: 'each',
      kind: 'map',
      items: '$params.keys',
      itemKey: '$item',
      step: { prompt: '$item' },
      needs: [],
    },
    {
      id: 'code',
      kind: 'function',
      run: ({ output }) => ({ given: output('constructor') }),
      needs: ['valueof'],
    },
    { id: 'gate', kind: 'approval', prompt: 'Go?', needs: ['code', 'each'] },
  ],
})

function open(engine: StubEngine = createStubEngine(() => reply)): Orchestrator {
  return createOrchestrator({ flows: [main], engines: [engine], storage: createFsStorage({ folder }) })
}

const reply: StubReply = {
  text: 'half \ud800, NUL \u0000, line \u2028, pair 😀',
  data: inherited,
  acts: [
    { kind: 'tool', tool: '__proto__', input: inherited },
    { kind: 'facts', facts: [{ key: '__proto__', value: inherited, confidence: 1, evidence: [] }] },
  ],
}

async function journal(): Promise<readonly DurableEvent[]> {
  const storage = createFsStorage({ folder })
  const events = await collect(storage.readEvents('constructor'))
  await storage.dispose?.()
  return events
}

describe('a run whose every name is one of JavaScript’s own', () => {
  const request = { runId: 'constructor', initiator: '__proto__', params: { ...inherited, keys: KEYS } }

  it('law 7: takes them for data, keeps them over a resume, and changes no prototype', async () => {
    const engine = createStubEngine(() => reply)
    const live: DurableEvent[] = []
    const first = open(engine)
    for await (const event of first.executeStream(request)) {
      if ('seq' in event) live.push(event)
      if (event.type === 'approval_requested') break
    }
    await first.dispose()
    const prompts = engine.calls.map(({ context }) => context.prompt)
    expect(prompts.some((text) => text.includes('Have by __proto__'))).toBe(true)
    expect(prompts.some((text) => text.includes('Of by __proto__ and text'))).toBe(true)
    const second = open()
    const result = await second.resume('constructor', {
      onRequest: () => ({ answer: { approved: true }, by: '__proto__' }),
    })
    await second.dispose()
    expect(result.status).toBe('succeeded')
    expect(JSON.stringify(result.outputs.code)).toBe(JSON.stringify({ given: inherited }))
    expect(JSON.stringify(result.outputs.constructor)).toBe(JSON.stringify(inherited))
    expect(result.outputs.each).toHaveLength(KEYS.length)
    const events = await journal()
    expect(events.slice(0, live.length)).toEqual(live)
    expect(checkJournal(events)).toEqual([])
    expect(firstOf(events, 'facts_updated').entries[0]).toMatchObject({ key: '__proto__' })
    expect(Reflect.get({}, 'polluted')).toBeUndefined()
  })

  it('J5: lays every file inside the folder of the run, and no two items into one', async () => {
    const orchestrator = open()
    await orchestrator.execute(request)
    await orchestrator.dispose()
    expect(readdirSync(join(folder, '..'))).toEqual(['runs'])
    expect(readdirSync(folder).sort()).toEqual(['.staging', 'constructor'])
    const receipts = readdirSync(join(folder, 'constructor', 'constructor', 'receipts'))
    const ofItems = receipts.filter((name) => /^each\..*-agent\.json$/.test(name))
    expect(new Set(ofItems.map((name) => name.toLowerCase())).size).toBe(KEYS.length)
  })
})

const badIds = [
  '../outside',
  '/etc/passwd',
  '..',
  '.',
  '',
  'a/b',
  'a\\b',
  'a\0b',
  'CON',
  'nul.txt',
  'ab.',
  '.git',
  'a b',
]
const unlikeIds = ['a'.repeat(300), 'r\u0435port', '\uff0e\uff0e']

describe('a run id that is a path, a device or nothing', () => {
  it.each([...badIds, ...unlikeIds].map((runId) => [runId.slice(0, 20), runId] as const))(
    'J5: %j is refused at every door, before the disk is touched',
    async (_, runId) => {
      const orchestrator = open()
      const doors: readonly (() => unknown)[] = [
        () => orchestrator.execute({ runId }),
        () => orchestrator.start({ runId }),
        () => orchestrator.executeStream({ runId }).next(),
        () => orchestrator.resume(runId),
        () => orchestrator.resumeStream(runId).next(),
        () => orchestrator.planResume(runId),
        () => orchestrator.open(runId).respond('req-1', { approved: true }),
        () => orchestrator.open(runId).stop(),
        () => orchestrator.runs({ runId }),
        () => orchestrator.remove(runId),
      ]
      for (const door of doors) {
        const thrown = await Promise.resolve()
          .then(door)
          .catch((error: unknown) => error)
        // A request is looked at as a whole, and an empty id is none.
        const codes = runId === '' ? ['path_refused', 'request_invalid'] : ['path_refused']
        expect(codes).toContain(SwarmError.is(thrown) && thrown.code)
      }
      await orchestrator.dispose()
      expect(existsSync(folder)).toBe(false)
    },
  )
})
