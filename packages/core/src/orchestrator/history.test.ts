/** What an agent step sees of the steps before it. */
import { describe, expect, it } from 'vitest'
import { defineFlow } from '../flow/define-flow.ts'
import type { Flow, StepInput } from '../flow/flow.ts'
import { createProcess } from './process.fixture.ts'

const history = { maxEntries: 30, olderCharacters: 30_000 }

/** Twenty steps, the first of which gives more than an event holds; before the last a human is asked. */
function longFlow(where: 'step' | 'defaults'): Flow {
  const own = where === 'step' ? { history } : {}
  const steps = Array.from({ length: 20 }, (_, index): StepInput => {
    if (index === 18) return { id: 'gate', kind: 'approval', prompt: 'Go?' }
    return { id: `s${index}`, prompt: 'Go on', ...own }
  })
  return defineFlow({ key: 'main', ...(where === 'defaults' ? { defaults: { history } } : {}), steps })
}

const onRequest = () => ({ answer: { approved: true } })
const replies = { s0: { text: 'y'.repeat(20_000) }, s1: { text: 'short' } }

describe('the history of a step', () => {
  it.each(['step', 'defaults'] as const)(
    'S5: whose policy stands in its %s is whole and the same after a resume',
    async (where) => {
      const flows = [longFlow(where)]
      const whole = createProcess(flows, { replies })
      await whole.orchestrator.execute({ runId: 'run-1', onRequest })
      const parked = createProcess(flows, { replies })
      await parked.orchestrator.execute({ runId: 'run-1' })
      const again = createProcess(flows, { replies, storage: parked.storage })
      await again.orchestrator.resume('run-1', { onRequest })
      const [expected, prompt] = [whole, again].map(({ engine }) => engine.calls.at(-1)?.context.prompt)
      expect(prompt).toBe(expected)
      expect(prompt).toContain(replies.s0.text)
    },
  )

  it('F4: is the same whichever of two needs ended first, of which one skipped the step between', async () => {
    const side = { needs: [], allowFailure: true }
    const steps: readonly StepInput[] = [
      { id: 'fails', prompt: 'A', ...side },
      { id: 'works', prompt: 'B', ...side },
      { id: 'between', prompt: 'C', needs: ['fails', 'works'] },
      { id: 'after', prompt: 'D', needs: ['between'], triggerRule: 'all_done' },
    ]
    const wait = { acts: [{ kind: 'wait' as const, ms: 100 }] }
    const fail = { fail: { code: 'no', retryable: false } }
    const prompts = [
      { fails: fail, works: { text: 'from works', ...wait } },
      { fails: { ...fail, ...wait }, works: { text: 'from works' } },
    ].map(async (replies) => {
      const { orchestrator, clock, engine } = createProcess(steps, { replies })
      await clock.drive(orchestrator.execute({ runId: 'run-1' }))
      return engine.calls.find(({ context }) => context.stepId === 'after')?.context.prompt
    })
    const [early, late] = await Promise.all(prompts)
    expect(early).toContain('between')
    expect(late).toBe(early)
  })
})
