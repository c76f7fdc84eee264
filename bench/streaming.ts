/** W5: one step streams many small chunks to a reader. */
import {
  createOrchestrator,
  defineFlow,
  type EngineEvent,
  type StepEngine,
  type StepResult,
} from '@batonjs/core'
import type { Contestant } from './measure.ts'

const chunk: EngineEvent = { type: 'token_chunk', text: 'token ' }

async function* chunks(count: number): AsyncGenerator<EngineEvent, StepResult, void> {
  for (let index = 0; index < count; index += 1) yield chunk
  return { status: 'succeeded', output: 'done' }
}

function streaming(count: number): ReturnType<typeof createOrchestrator> {
  const engine: StepEngine = { specVersion: 1, id: 'streamer', runStep: () => chunks(count) }
  const flow = defineFlow({ key: 'stream', steps: [{ id: 'speak', prompt: 'Speak.' }] })
  return createOrchestrator({ flows: [flow], engines: [engine] })
}

/** Baton with a reader that takes all it can. */
export function batonStream(count: number): Contestant {
  return {
    units: count,
    async prepare() {
      const orchestrator = streaming(count)
      return async () => {
        let characters = 0
        for await (const event of orchestrator.executeStream()) {
          if (event.type === 'token_chunk') characters += event.text.length
        }
        if (characters !== count * 6)
          throw new Error(`${characters} characters came through, not ${count * 6}`)
      }
    },
  }
}

/** The floor: the generator itself. */
export function generatorFloor(count: number): Contestant {
  return {
    units: count,
    async prepare() {
      return async () => {
        let characters = 0
        for await (const event of chunks(count))
          if (event.type === 'token_chunk') characters += event.text.length
        if (characters !== count * 6) throw new Error('The floor lost a chunk')
      }
    },
  }
}

/** What a reader that takes a millisecond for each event sees and costs. */
export interface SlowReader {
  readonly residentGrowthMb: number
  readonly told: number
  readonly received: number
}

/** Streams to a slow reader and measures the memory while the engine is done and the reader is not. */
export async function measureSlowReader(count: number): Promise<SlowReader> {
  const orchestrator = streaming(count)
  globalThis.gc?.()
  const before = process.memoryUsage.rss()
  let most = before
  let received = 0
  let told = 0
  for await (const event of orchestrator.executeStream()) {
    if (event.type === 'token_chunk') received += event.text.length / 6
    if (event.type === 'chunks_dropped') told += event.chunks
    await new Promise((resolve) => setTimeout(resolve, 1))
    most = Math.max(most, process.memoryUsage.rss())
  }
  return { residentGrowthMb: (most - before) / 1_048_576, told, received }
}
