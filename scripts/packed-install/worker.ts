// Runs where there is no Node: bundled by scripts/packed-install.ts and run in a bare worker.
import { createOrchestrator, defineFlow } from '@batonjs/core'

const flow = defineFlow({
  key: 'greeting',
  steps: [
    { id: 'measure', kind: 'function', run: ({ params }) => String(params.name).length },
    { id: 'judge', kind: 'function', when: 'steps.measure.status == "succeeded"', run: () => 'measured' },
  ],
})

/** Resolves to the status and the output of the run. */
export async function run(): Promise<string> {
  const { status, output } = await createOrchestrator({ flows: [flow] }).execute({
    params: { name: 'Baton' },
  })
  return `${status}: ${String(output)}`
}
