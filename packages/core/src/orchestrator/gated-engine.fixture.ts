import type { StepContext } from '../engine/context.ts'
import type { StepEngine } from '../engine/engine.ts'
import type { StepInput } from '../flow/flow.ts'

/** An engine whose calls end when the test says so, and what is under way. */
export function createGatedEngine(id = 'gated') {
  const running = new Map<string, () => void>()
  let most = 0
  const engine: StepEngine = {
    specVersion: 1,
    id,
    async *runStep(context) {
      const name = `${context.runId}/${context.stepId}`
      const ended = new Promise<void>((resolve) => running.set(name, resolve))
      most = Math.max(most, running.size)
      yield { type: 'token_chunk', text: '.' }
      await Promise.race([ended, abortOf(context)])
      running.delete(name)
      return { status: 'succeeded', output: name }
    },
  }
  return { engine, running, most: () => most }
}

function abortOf({ signal }: StepContext): Promise<void> {
  return new Promise((resolve) => signal.addEventListener('abort', () => resolve()))
}

/** Agent steps that need nothing of each other. */
export const side = (...ids: readonly string[]): readonly StepInput[] =>
  ids.map((id) => ({ id, prompt: id, needs: [] }))
