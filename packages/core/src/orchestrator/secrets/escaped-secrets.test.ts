import { describe, expect, it } from 'vitest'
import type { StepInput } from '../../flow/flow.ts'
import { createProcess } from '../process.fixture.ts'

const SECRET = 'hunter2-hunter2'
/** The secret with an escape that JSON does not need: as a text it is another one. */
const hidden = '\\u0068unter2-hunter2'
const output = { type: 'object', properties: { key: { type: 'string' } } } as const

describe('a secret that escapes hide in a text (fault 39)', () => {
  it.each<[string, readonly StepInput[], string]>([
    ['data', [{ id: 'a', prompt: 'A', output }], `{"key": "${hidden}"}`],
    ['a handoff', [{ id: 'a', prompt: 'A' }], `Done.\n\n\`\`\`json\n{"verdict": "${hidden}"}\n\`\`\``],
    [
      'the items of a map',
      [
        { id: 'a', prompt: 'A' },
        { id: 'each', kind: 'map', items: '$a.output', step: { prompt: 'Use $item.' } },
      ],
      `["${hidden}"]`,
    ],
  ])('fault 39: is not in %s that is read out of it', async (_, steps, text) => {
    const { orchestrator, storage, engine } = createProcess(steps, {
      replies: { a: { text, data: undefined, handoff: {} } },
      secrets: [SECRET],
    })
    const result = await orchestrator.execute({ runId: 'run-1' })
    const seen: unknown[] = [result, engine.calls.map(({ context }) => context.prompt)]
    for await (const event of storage.readEvents('run-1')) seen.push(event)
    expect(JSON.stringify(seen)).not.toContain(SECRET)
    expect(result.status).toBe('succeeded')
  })
})
