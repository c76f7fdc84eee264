import { engineEventProblems, stepResultProblems } from '@batonjs/core'
import { createStepContext, engineCases } from '@batonjs/testkit'
import { describe, expect, it } from 'vitest'
import { createHostileEngines } from './hostile-engines.ts'
import { createHostileReplies } from './hostile-replies.ts'
import { createStubEngine } from './stub-engine.ts'

/** Replies that are odd but break no promise of the port. */
const LEGAL = new Set([
  ...['throws_error', 'throws_frozen', 'throws_huge_message', 'throws_retryable'],
  ...[
    'fails_retry_in_ten_years',
    'output_huge',
    'output_lone_surrogates',
    'output_controls',
    'output_line_separators',
  ],
  ...[
    'output_template',
    'data_proto',
    'data_undefined_member',
    'data_huge',
    'usage_missing',
    'yields_lone_surrogate_chunks',
  ],
  ...['yields_tool_end_without_start', 'yields_tools_out_of_order', 'yields_tool_never_ended'],
])

/** What a reply breaks, by the kit's own checks; `undefined` when nothing. */
async function offenceOf(name: string): Promise<string | undefined> {
  const reply = createHostileReplies()[name]
  const signal = AbortSignal.timeout(20)
  const call = createStubEngine(() => reply).runStep(createStepContext({ signal }))
  try {
    for (;;) {
      const step = await Promise.race([call.next(), deafAfter(100)])
      const [problem] = step.done === true ? stepResultProblems(step.value) : engineEventProblems(step.value)
      if (problem !== undefined || step.done === true) return signal.aborted ? 'hangs' : problem
    }
  } catch (thrown) {
    return isError(thrown) ? undefined : 'throws no error'
  }
}

function deafAfter(ms: number): Promise<{ done: true; value: string }> {
  return new Promise((resolve) => setTimeout(() => resolve({ done: true, value: 'deaf' }), ms))
}

function isError(thrown: unknown): boolean {
  try {
    return thrown instanceof Error
  } catch {
    return false
  }
}

describe('hostile replies', () => {
  it.each(Object.keys(createHostileReplies()))('%s misbehaves as its name says', async (name) => {
    const offence = await offenceOf(name).catch((thrown: unknown) => `unreadable: ${String(thrown)}`)
    if (LEGAL.has(name)) expect(offence).toBeUndefined()
    else expect(offence).toBeDefined()
  })
})

describe('hostile engines', () => {
  it.each(Object.entries(createHostileEngines()))('%s is caught by the engine kit', async (id, engine) => {
    expect(engine.id).toBe(id)
    const cases = engineCases(() => engine, { timeoutMs: 50, graceMs: 50 })
    const outcomes = await Promise.allSettled(cases.map(({ run }) => run()))
    expect(outcomes.filter(({ status }) => status === 'rejected').length).toBeGreaterThan(0)
  })
})
