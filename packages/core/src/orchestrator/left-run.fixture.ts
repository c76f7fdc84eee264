import type { Flow, StepInput } from '../flow/flow.ts'
import type { RunStorage } from '../storage/storage.ts'
import { createProcess, type ProcessOptions, startOf } from './process.fixture.ts'

/** Three steps in a row and one beside them. */
export const chain: readonly StepInput[] = [
  { id: 'a', prompt: 'A', needs: [] },
  { id: 'b', prompt: 'B of $a.output', needs: ['a'] },
  { id: 'c', prompt: 'C of $b.output', needs: ['b'] },
  { id: 'side', prompt: 'Side', needs: [] },
]

/** The chain with another prompt for a step. */
export function edited(stepId: string, prompt: string): readonly StepInput[] {
  // The same steps, and a prompt that all of them have.
  return chain.map((step) => (step.id === stepId ? ({ ...step, prompt } as StepInput) : step))
}

/** A run that was left while a step ran. */
export async function leftAt(
  stepId: string,
  steps: readonly StepInput[] | readonly Flow[] = chain,
  options: ProcessOptions = {},
): Promise<RunStorage> {
  const { orchestrator, storage } = createProcess(steps, {
    ...options,
    replies: { [stepId]: { ending: { kind: 'hang' } } },
  })
  for await (const event of orchestrator.executeStream({ runId: 'run-1', flow: 'main' })) {
    if (startOf(stepId)(event)) break
  }
  return storage
}
