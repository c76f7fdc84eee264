import { setImmediate } from 'node:timers/promises'
import { testEngine } from '@batonjs/testkit'
import { describe, expect, it } from 'vitest'
import type { StepEngine } from '../../engine/engine.ts'
import type { EngineEvent, StepResult } from '../../engine/result.ts'
import { createEngineQueue, type EngineQueue } from './engine-queue.ts'

const done: StepResult = { status: 'succeeded', output: 'ab' }

function chunk(text: string): EngineEvent {
  return { type: 'token_chunk', text }
}

/** Reads a queue to its end. */
async function drain(queue: EngineQueue) {
  const texts: string[] = []
  const reader = queue.read()
  for (;;) {
    const step = await reader.next()
    if (step.done === true) return { texts, result: step.value }
    if (step.value.type === 'token_chunk') texts.push(step.value.text)
  }
}

describe('an engine queue', () => {
  it('gives what was pushed before and while it is read, in order, then the result', async () => {
    const queue = createEngineQueue(new AbortController().signal)
    queue.push(chunk('a'))
    const reading = drain(queue)
    await setImmediate()
    queue.push(chunk('b'))
    queue.push(chunk('c'))
    queue.end(done)
    expect(await reading).toEqual({ texts: ['a', 'b', 'c'], result: done })
  })

  it('gives everything that was pushed before a failure, then throws it', async () => {
    const queue = createEngineQueue(new AbortController().signal)
    queue.push(chunk('a'))
    queue.fail(new Error('broken'))
    const reader = queue.read()
    expect((await reader.next()).value).toEqual(chunk('a'))
    await expect(reader.next()).rejects.toThrow('broken')
  })

  it('drops what comes after the end, and a second end', async () => {
    const queue = createEngineQueue(new AbortController().signal)
    queue.end(done)
    queue.push(chunk('late'))
    queue.fail(new Error('late'))
    expect(await drain(queue)).toEqual({ texts: [], result: done })
  })

  it('throws the reason of the abort while it waits', async () => {
    const controller = new AbortController()
    const queue = createEngineQueue(controller.signal)
    const reading = drain(queue)
    controller.abort(new Error('enough'))
    await expect(reading).rejects.toThrow('enough')
    expect(queue.signal.reason).toEqual(new Error('enough'))
  })

  it('throws the reason of the abort before events that are left', async () => {
    const controller = new AbortController()
    const queue = createEngineQueue(controller.signal)
    for (const text of ['a', 'b']) queue.push(chunk(text))
    const reader = queue.read()
    await reader.next()
    controller.abort(new Error('enough'))
    await expect(reader.next()).rejects.toThrow('enough')
  })

  it('tells the SDK when its reader leaves', async () => {
    const controller = new AbortController()
    const queue = createEngineQueue(controller.signal)
    queue.push(chunk('a'))
    const reader = queue.read()
    await reader.next()
    expect(queue.signal.aborted).toBe(false)
    await reader.return(done)
    expect(queue.signal.aborted).toBe(true)
  })
})

/** An SDK that calls back. */
function say(prompt: string, signal: AbortSignal, onText: (text: string) => void): Promise<string> {
  return new Promise((resolve, reject) => {
    const speak = (): void => {
      if (signal.aborted) return reject(signal.reason)
      onText('hi ')
      if (prompt === 'slow') setTimeout(speak, 1)
      else if (prompt === 'fail') reject(new Error('no'))
      else resolve('hi ')
    }
    queueMicrotask(speak)
  })
}

function createCallbackEngine(): StepEngine {
  return {
    specVersion: 1,
    id: 'callback',
    async *runStep({ prompt, signal }) {
      const queue = createEngineQueue(signal)
      say(prompt, queue.signal, (text) => queue.push(chunk(text))).then(
        (output) => queue.end({ status: 'succeeded', output }),
        (error) => queue.fail(error),
      )
      return yield* queue.read()
    },
  }
}

testEngine('an engine on a queue', createCallbackEngine, {
  test: { describe, it },
  deterministic: true,
  graceMs: 1_000,
  scenarios: { slow: { prompt: 'slow' }, failing: { prompt: 'fail' } },
})
