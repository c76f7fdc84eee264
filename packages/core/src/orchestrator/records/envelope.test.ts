import { describe, expect, it } from 'vitest'
import type { Handoff } from '../../events/envelope.ts'
import type { RoutingDecision, VerificationFailed, VerificationPassed } from '../../events/routing-events.ts'
import { envelopeOf } from './envelope.ts'
import { failed, skipped, start, succeeded } from './projections.fixture.ts'
import type { AttemptEnd } from './receipt.ts'

const scope = {
  flowKey: 'build',
  visit: 1,
  frame: 'build#1',
  stepId: 'critique_code',
  iteration: 2,
  attempt: 1,
}
const checks = {
  artifactChecks: [{ checkType: 'artifact' as const, name: 'report.md', passed: true }],
  commandChecks: [],
}
const passed: VerificationPassed = { ...scope, ...checks, type: 'verification_passed' }
const refused: VerificationFailed = {
  ...scope,
  ...checks,
  type: 'verification_failed',
  gateStatusOnFail: 'BLOCKED',
}
const routing: RoutingDecision = {
  ...scope,
  type: 'routing_decision',
  decision: 'advance',
  target: 'run_tests',
  reason: 'verified',
  notTaken: [],
  source: 'spec',
}

function handingOver(handoff: Handoff): AttemptEnd {
  return { ...succeeded, handoff }
}

describe('envelopeOf', () => {
  it('A4: tells what a step handed over, in the words of the sources', () => {
    const envelope = envelopeOf({
      start,
      end: handingOver({
        verdict: 'PARTIAL',
        summary: 'One gap.',
        artifacts: { critique: 'code_critique.md' },
        concerns: ['slow'],
        assumptions: [{ statement: 'UTC', confidence: 'low' }],
        decisions: [{ subject: 'store', decision: 'files', rationale: 'simple' }],
        facts: [{ key: 'lines', value: 10 }],
        canFurtherIterationHelp: true,
        fields: { score: 4 },
      }),
      routing,
      files: [{ path: 'a.ts', action: 'modified', insertions: 3 }],
      station: 'code-critic',
      promptHash: 'p0',
    })
    expect(envelope).toEqual({
      step_id: 'critique_code',
      flow_key: 'build',
      run_id: 'run-20260101-000000-abcdef',
      item: null,
      agent_key: 'code-critic',
      status: 'PARTIAL',
      step_status: 'succeeded',
      summary: 'One gap.',
      artifacts: { critique: 'code_critique.md' },
      file_changes: { files: [{ path: 'a.ts', action: 'modified', insertions: 3 }] },
      routing_signal: {
        decision: 'advance',
        next_step_id: 'run_tests',
        reason: 'verified',
        routing_source: 'spec',
      },
      error: null,
      duration_ms: 2_900,
      timestamp: '2026-01-01T00:00:03.000Z',
      station_id: 'code-critic',
      prompt_hash: 'p0',
      verification_passed: null,
      verification_details: null,
      can_further_iteration_help: true,
      concerns: [{ concern: 'slow' }],
      assumptions_made: [
        {
          assumption_id: 'ASM_001',
          flow_introduced: 'build',
          step_introduced: 'critique_code',
          agent: 'code-critic',
          statement: 'UTC',
          rationale: null,
          impact_if_wrong: null,
          confidence: 'low',
          status: 'active',
          timestamp: '2026-01-01T00:00:03.000Z',
        },
      ],
      decisions_made: [
        {
          decision_id: 'DEC_001',
          flow: 'build',
          step: 'critique_code',
          agent: 'code-critic',
          subject: 'store',
          decision: 'files',
          rationale: 'simple',
          timestamp: '2026-01-01T00:00:03.000Z',
        },
      ],
      facts: [{ key: 'lines', value: 10 }],
      observations: [],
      station_opinions: [],
      iteration_context: { iteration: 2, attempt: 1 },
      fields: { score: 4 },
      _envelope_source: 'engine',
    })
  })

  it.each([
    ['succeeded', succeeded, 'Fine.'],
    ['failed', failed, 'Took too long.'],
    ['skipped', skipped, 'Skipped: lost'],
  ])(
    'A7.11: an attempt that %s has an envelope even when its engine handed over nothing',
    (status, end, summary) => {
      expect(envelopeOf({ start, end })).toMatchObject({
        _envelope_source: 'orchestrator_fallback',
        step_status: status,
        status: 'UNVERIFIED',
        summary,
        artifacts: {},
        concerns: [],
        facts: [],
      })
    },
  )

  it('A7.11: the summary that core writes has at most 500 characters, also of data', () => {
    const text = 'x'.repeat(2_000)
    const long = { ...succeeded, output: { ...succeeded.output, text } }
    expect(envelopeOf({ start, end: long }).summary).toHaveLength(500)
    const { text: _, ...output } = succeeded.output
    expect(envelopeOf({ start, end: { ...succeeded, output, data: { a: 1 } } }).summary).toBe('{"a":1}')
    expect(envelopeOf({ start, end: { ...succeeded, output } }).summary).toBe('')
  })

  it('A7.11: takes the handoff that the journal has', () => {
    const end = { ...succeeded, handoff: { verdict: 'VERIFIED' } }
    expect(envelopeOf({ start, end })).toMatchObject({ status: 'VERIFIED', _envelope_source: 'engine' })
  })

  it('L6: no verdict is never success, unless checks passed', () => {
    expect(envelopeOf({ start, end: succeeded }).status).toBe('UNVERIFIED')
    expect(envelopeOf({ start, end: succeeded, verification: passed })).toMatchObject({
      status: 'VERIFIED',
      verification_passed: true,
      verification_details: { artifact_checks: checks.artifactChecks, command_checks: [] },
    })
    const end = handingOver({ verdict: 'PARTIAL' })
    expect(envelopeOf({ start, end, verification: passed }).status).toBe('PARTIAL')
  })

  it('L7: a failed check sets the status, whatever the engine said', () => {
    const end = handingOver({ verdict: 'VERIFIED' })
    expect(envelopeOf({ start, end, verification: refused })).toMatchObject({
      status: 'BLOCKED',
      verification_passed: false,
    })
  })

  it('is plain JSON', () => {
    const envelope = envelopeOf({ start, end: failed })
    expect(JSON.parse(JSON.stringify(envelope))).toEqual(envelope)
    expect(envelope.error).toEqual(failed.error)
  })
})
