import { createHandClock } from '@batonjs/testkit'
import { describe, expect, it } from 'vitest'
import type { StepContext } from '../../engine/context.ts'
import type { StepEngine } from '../../engine/engine.ts'
import type { EngineEvent, StepResult } from '../../engine/result.ts'
import type { ArtifactStore } from '../../storage/artifact-store.ts'
import type { RunStorage } from '../../storage/storage.ts'
import { createMemoryStorage } from '../memory/memory-storage.ts'
import { createProcess } from '../process.fixture.ts'

const PATH = 'main/llm/talk-agent-talker.jsonl'

interface Line {
  readonly timestamp: string
  readonly role?: string
  readonly type?: string
  readonly content?: string
  readonly partial?: boolean
}

/** What the engine does. */
type Talk = (context: StepContext) => AsyncGenerator<EngineEvent, StepResult, void>

/** A run of one step, of which every write to the transcript is counted. `isOwned` is what its lock says. */
function begin(talk: Talk, isOwned = true) {
  const memory = createMemoryStorage()
  const writes: string[] = []
  const counted = (store: ArtifactStore): ArtifactStore => ({
    ...store,
    put(path, content, options) {
      if (path.includes('/llm/')) writes.push(String(content))
      return store.put(path, content, options)
    },
    append(path, content) {
      if (path.includes('/llm/')) writes.push(content)
      return store.append(path, content)
    },
  })
  const storage: RunStorage = {
    ...memory,
    artifacts: (runId) => counted(memory.artifacts(runId)),
    async createRun(...given) {
      const writer = await memory.createRun(...given)
      return new Proxy(writer, {
        get: (_, name) => {
          if (name === 'owned') return async () => isOwned
          const member: unknown = Reflect.get(writer, name)
          return typeof member === 'function' ? member.bind(writer) : member
        },
      })
    },
  }
  const engine: StepEngine = { specVersion: 1, id: 'talker', runStep: talk }
  const clock = createHandClock()
  const { orchestrator } = createProcess([{ id: 'talk', prompt: 'Talk', retry: { maxRetries: 0 } }], {
    storage,
    clock,
    engines: [engine],
  })
  const lines = async (): Promise<readonly Line[]> => {
    const text = (await storage.artifacts('run-1').get(PATH)) ?? ''
    return text
      .split('\n')
      .slice(0, -1)
      .map((line) => JSON.parse(line))
  }
  /** The lines after those of the prompt, in short. */
  const said = async (): Promise<readonly (string | undefined)[]> =>
    (await lines())
      .slice(2)
      .map(({ type, content, partial }) => (partial ? `${content}…` : (content ?? type)))
  return { orchestrator, clock, writes, lines, said }
}

/** Waits for ever, or until the call is aborted. */
function silence(signal: AbortSignal): Promise<never> {
  return new Promise((_, reject) => signal.addEventListener('abort', () => reject(signal.reason)))
}

const chunk = (text: string): EngineEvent => ({ type: 'token_chunk', text })
const message = (content: string): EngineEvent => ({ type: 'message', role: 'assistant', content })
const done: StepResult = { status: 'succeeded', output: 'done' }

describe('the transcript of a step that runs', () => {
  it('J4: has every message, though the engine falls silent after it', async () => {
    const { orchestrator, said, lines } = begin(async function* ({ signal }) {
      yield message('I look around.')
      await silence(signal)
      return done
    })
    const run = await orchestrator.start({ runId: 'run-1' })
    await expect.poll(said).toEqual(['I look around.'])
    expect((await lines()).map(({ role }) => role)).toEqual(['system', 'user', 'assistant'])
    await run.cancel()
  })

  it('J4: has what was streamed a second later, though no message comes of it', async () => {
    const { orchestrator, clock, said } = begin(async function* ({ signal }) {
      yield chunk('I am ')
      yield chunk('thinking')
      await silence(signal)
      return done
    })
    const run = await orchestrator.start({ runId: 'run-1' })
    await clock.advance(999)
    expect(await said()).toEqual([])
    await clock.advance(1)
    await expect.poll(said).toEqual(['I am thinking…'])
    await run.cancel()
  })

  it('J4: says a message whole when it is, and what was streamed of it only where time has passed', async () => {
    const { orchestrator, clock, said } = begin(async function* () {
      yield chunk('quick')
      yield message('quick')
      yield chunk('slow ')
      await new Promise<void>((resolve) => clock.setTimer(clock.now() + 1_500, resolve))
      yield chunk('one')
      yield message('slow one')
      yield chunk('the answer')
      return { status: 'succeeded', output: 'the answer' }
    })
    await clock.drive(orchestrator.execute({ runId: 'run-1' }))
    expect(await said()).toEqual(['quick', 'slow …', 'slow one', 'the answer…'])
    expect(clock.pending).toEqual([])
  })

  it('J4: an answer that was only streamed is said once, whole', async () => {
    const { orchestrator, clock, said } = begin(async function* () {
      yield chunk('do')
      yield chunk('ne')
      return done
    })
    await clock.drive(orchestrator.execute({ runId: 'run-1' }))
    expect(await said()).toEqual(['done'])
  })

  it('J4: keeps the order of what is streamed and of what is done', async () => {
    const { orchestrator, clock, said } = begin(async function* () {
      yield chunk('First I look.')
      yield { type: 'tool_start', toolCallId: 'a', tool: 'look' }
      yield { type: 'tool_end', toolCallId: 'a', tool: 'look', success: true }
      yield chunk('A door.')
      return done
    })
    await clock.drive(orchestrator.execute({ runId: 'run-1' }))
    expect(await said()).toEqual(['First I look.…', 'tool_use', 'tool_result', 'done'])
  })

  it.each<[string, Talk]>([
    [
      'throws',
      async function* () {
        yield chunk('I was about to')
        throw new Error('broken')
      },
    ],
    [
      'fails',
      async function* () {
        yield chunk('I was about to')
        return { status: 'failed', output: '', error: { code: 'no', message: 'no', retryable: false } }
      },
    ],
  ])('J4: has the last words of an engine that %s', async (_, talk) => {
    const { orchestrator, clock, said } = begin(talk)
    await clock.drive(orchestrator.execute({ runId: 'run-1' }))
    expect(await said()).toEqual(['I was about to…'])
  })

  it('J4: 100,000 tokens are few lines and fewer writes', async () => {
    const { orchestrator, clock, writes, lines } = begin(async function* () {
      for (let n = 0; n < 100_000; n += 1) {
        yield chunk('word ')
        if (n % 10_000 === 0) await new Promise((resolve) => setImmediate(resolve))
      }
      return { status: 'succeeded', output: 'done' }
    })
    await clock.drive(orchestrator.execute({ runId: 'run-1' }))
    const parts = (await lines()).filter(({ partial }) => partial)
    expect(parts.length).toBeLessThan(500_000 / 8_000)
    expect(parts.map(({ content }) => content).join('').length).toBeGreaterThan(500_000 - 8_200)
    expect(writes.length).toBeLessThan(30)
  })

  it('J4: 20,000 messages are few writes, in order', async () => {
    const { orchestrator, clock, writes, said } = begin(async function* () {
      for (let n = 0; n < 20_000; n += 1) yield message(`message ${n}`)
      return done
    })
    await clock.drive(orchestrator.execute({ runId: 'run-1' }))
    expect(await said()).toEqual(Array.from({ length: 20_000 }, (_, n) => `message ${n}`))
    expect(writes.length).toBeLessThan(30)
  })

  it('J4: an engine that says more than is written waits, so that little is kept in memory', async () => {
    const { orchestrator, clock, writes } = begin(async function* () {
      for (let n = 0; n < 100; n += 1) yield message('x'.repeat(1_000_000))
      return done
    })
    await clock.drive(orchestrator.execute({ runId: 'run-1' }))
    expect(writes.join('').length).toBeGreaterThan(100_000_000)
    expect(Math.max(...writes.map(({ length }) => length))).toBeLessThan(6_000_000)
  })

  it('S7: an engine does not wait for what is dropped, since the run is somebody else’s', async () => {
    const { orchestrator, clock, writes } = begin(async function* () {
      yield message('mine')
      await new Promise((resolve) => setImmediate(resolve))
      for (let n = 0; n < 10; n += 1) yield message('x'.repeat(1_000_000))
      return done
    }, false)
    await clock.drive(orchestrator.execute({ runId: 'run-1' }))
    expect(writes.join('').length).toBeLessThan(10_000)
  })
})
