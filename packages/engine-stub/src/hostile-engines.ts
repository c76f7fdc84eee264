import type { EngineEvent, StepEngine, StepResult } from '@batonjs/core'
import { fail } from './hostile-values.ts'

/** One engine for each way to break the shape of the port itself; the id is the key. */
export function createHostileEngines(): Readonly<Record<string, StepEngine>> {
  const behaviours: Readonly<Record<string, () => unknown>> = {
    'throws-at-once': () => fail('at once'),
    'returns-nothing': () => undefined,
    'returns-an-array': () => [],
    'next-throws': () => iterator(() => fail('next')),
    'next-gives-no-promise': () => iterator(() => ({ done: true, value: undefined })),
    'next-gives-nothing': () => iterator(() => Promise.resolve(undefined)),
    'return-throws': () => ({ ...iterator(() => new Promise(() => {})), return: () => fail('return') }),
    'ends-three-times': endsThreeTimes,
    'yields-after-its-result': yieldsAfterItsResult,
  }
  return Object.fromEntries(Object.entries(behaviours).map(([id, runStep]) => [id, toEngine(id, runStep)]))
}

function toEngine(id: string, runStep: () => unknown): StepEngine {
  // What it gives is not the generator that the port asks for.
  return { specVersion: 1, id, runStep: runStep as StepEngine['runStep'] }
}

const RESULT: StepResult = { status: 'succeeded', output: 'ended' }
const LATE: EngineEvent = { type: 'message', role: 'assistant', content: 'after the end' }

function endsThreeTimes(): unknown {
  let turn = 0
  return iterator(() => {
    turn++
    if (turn === 1) return Promise.reject(new Error('the first ending'))
    return Promise.resolve(turn === 2 ? { done: false, value: LATE } : { done: true, value: RESULT })
  })
}

function yieldsAfterItsResult(): unknown {
  let turn = 0
  return iterator(() =>
    Promise.resolve(turn++ === 0 ? { done: true, value: RESULT } : { done: false, value: LATE }),
  )
}

function iterator(next: () => unknown): object {
  const self = {
    next,
    return: async () => ({ done: true, value: undefined }),
    throw: async (cause: unknown) => fail(cause),
  }
  return Object.assign(self, { [Symbol.asyncIterator]: () => self })
}
