import type { StubReply } from '@batonjs/engine-stub'
import { describe, expect, it } from 'vitest'
import { loadFlows, runFlows, type SourceRun } from './source-flows.fixture.ts'

const registry = loadFlows('registry')
const spec = loadFlows('spec')
const unverified = { verdict: 'UNVERIFIED' }

const writes = (path: string): StubReply => ({ acts: [{ kind: 'artifact', path, content: 'done' }] })
/** What the checked stations of the build write. */
const built = {
  author_tests: writes('build/test_changes_summary.md'),
  implement: writes('build/impl_changes_summary.md'),
}

/** How often steps of a visit ran. */
function countsOf({ counts }: SourceRun, visit: string): Readonly<Record<string, number>> {
  const own = Object.entries(counts).filter(([place]) => place.startsWith(`${visit}/`))
  return Object.fromEntries(own.map(([place, count]) => [place.slice(visit.length + 1), count]))
}

describe('the golden run of the sources (A1.5)', () => {
  const golden = ['signal', 'plan', 'build', 'gate', 'deploy', 'wisdom']

  it('L3: what is never verified runs 43 steps 61 times: each author and critic 1 + 3 times', async () => {
    const run = await runFlows(registry, { flows: golden }, {}, unverified)
    // The gate of the recorded run had no policy check yet.
    const { 'gate#1/policy_check': policyCheck, ...recorded } = run.counts
    expect(policyCheck).toBe(1)
    expect(Object.keys(recorded)).toHaveLength(43)
    expect(Object.values(recorded).reduce((sum, count) => sum + count)).toBe(61)
    expect(run.result.status).toBe('succeeded')
    expect(run.visits).toEqual(golden.map((key) => `${key}#1`))
    expect(run.choices.filter((choice) => choice.includes('max_iterations'))).toEqual([
      'critique_reqs: max_iterations → author_bdd',
      'critique_tests: max_iterations → implement',
      'critique_code: max_iterations → mutate',
    ])
  })

  it('L2: what is verified at once runs each step once', async () => {
    const run = await runFlows(registry, { flows: golden })
    expect(Object.keys(run.counts)).toHaveLength(44)
    expect(new Set(Object.values(run.counts))).toEqual(new Set([1]))
  })
})

describe('flows of the registry', () => {
  it('F1: the gate is a fork of four audits at once, and a join', async () => {
    const { events } = await runFlows(registry, { flow: 'gate' })
    const order = events.flatMap((event) =>
      event.type === 'step_start' || event.type === 'step_end' ? [`${event.type} ${event.stepId}`] : [],
    )
    const audits = ['contract', 'security', 'coverage', 'policy_check']
    expect(order.slice(2, 6)).toEqual(audits.map((id) => `step_start ${id}`))
    expect(order.indexOf('step_start gate_fix')).toBeGreaterThan(
      Math.max(...audits.map((id) => order.indexOf(`step_end ${id}`))),
    )
  })

  it('F4: the join waits for every audit, however it ends, and the flow tells that one failed', async () => {
    const run = await runFlows(registry, { flow: 'gate' }, { security: { fail: { code: 'broken' } } })
    expect(countsOf(run, 'gate#1')).toMatchObject({ gate_fix: 1, merge_decision: 1 })
    expect(run.result).toMatchObject({ status: 'failed', census: { failed: 1, succeeded: 6 } })
  })

  it('L6: the worklist goes round until nothing is pending', async () => {
    const pending = [12, 7, 3, 0].map((count) => ({ data: { pending_blocking: count } }))
    const run = await runFlows(registry, { flow: 'review' }, { worklist_loop: pending })
    expect(countsOf(run, 'review#1').worklist_loop).toBe(4)
    expect(run.choices.at(-1)).toBe('worklist_loop: verified → close_pr')
  })

  it('L3: or until its bound of 50 is used up', async () => {
    const work = Array.from({ length: 51 }, (_, index) => ({ data: { pending_blocking: 100 - index } }))
    const run = await runFlows(registry, { flow: 'review' }, { worklist_loop: work })
    expect(countsOf(run, 'review#1').worklist_loop).toBe(51)
    expect(run.choices.at(-1)).toBe('worklist_loop: max_iterations → close_pr')
  })

  it('L2: or until it stalls', async () => {
    const stuck = { text: 'Stuck', data: { pending_blocking: 5 } }
    const run = await runFlows(registry, { flow: 'review' }, { worklist_loop: stuck })
    expect(run.choices.at(-1)).toBe('worklist_loop: stalled → close_pr')
    expect(countsOf(run, 'review#1').worklist_loop).toBe(4)
  })
})

describe('flows of the spec (seed 002)', () => {
  it.each([
    ['VERIFIED', { verdict: 'VERIFIED' }, 'critique_reqs: verified → author_bdd'],
    ['verified', { verdict: 'verified' }, 'critique_reqs: verified → author_bdd'],
    [
      'no further help',
      { verdict: 'UNVERIFIED', handoff: { canFurtherIterationHelp: false } },
      'critique_reqs: no_further_help → author_bdd',
    ],
    ['BLOCKED', { verdict: 'BLOCKED' }, 'critique_reqs: blocked → author_bdd'],
    ['UNVERIFIED', { verdict: 'UNVERIFIED' }, 'critique_reqs: iteration:1 → author_reqs'],
    ['PARTIAL', { verdict: 'PARTIAL' }, 'critique_reqs: iteration:1 → author_reqs'],
  ])('L2: exit_on: a critic that says %s', async (_, reply, choice) => {
    const run = await runFlows(spec, { flow: 'signal' }, { critique_reqs: reply })
    expect(run.choices[0]).toBe(choice)
  })

  it('L3: the plan nests three loops in a fourth, which resets their counters', async () => {
    const run = await runFlows(spec, { flow: 'plan' }, {}, unverified)
    expect(countsOf(run, 'plan#1')).toEqual({
      analyze_impact: 1,
      design_options: 3,
      critique_options: 3,
      author_adr: 3,
      design_interfaces: 9,
      critique_contracts: 9,
      design_observability: 9,
      critique_observability: 9,
      plan_tests: 3,
      plan_work: 3,
      critique_design: 3,
      finalize: 1,
    })
  })

  it('L2: failed tests send the build back to the implementation, within a bound', async () => {
    const passed = [false, false, true].map((tests_passed) => ({ data: { tests_passed } }))
    const mended = await runFlows(spec, { flow: 'build' }, { ...built, run_tests: passed })
    expect(countsOf(mended, 'build#1')).toMatchObject({
      implement: 3,
      critique_code: 3,
      run_tests: 3,
      mutate: 1,
    })
    const broken = await runFlows(
      spec,
      { flow: 'build' },
      { ...built, run_tests: { data: { tests_passed: false } } },
    )
    expect(countsOf(broken, 'build#1')).toMatchObject({ run_tests: 4, mutate: 1 })
    expect(broken.choices.at(-1)).toBe('run_tests: max_iterations → mutate')
  })

  it('L7: a station whose artifact is missing fails the build', async () => {
    const run = await runFlows(spec, { flow: 'build' }, { implement: built.implement })
    expect(run.result).toMatchObject({ status: 'failed', error: { code: 'verification_failed' } })
    expect(run.result.error?.message).toContain('test_changes_summary.md')
    expect(run.result.nextFlow).toBe('plan')
  })

  it.each([
    [true, ['fix_gate_issues: case:1 → fix_forward'], 1],
    ['true', ['fix_gate_issues: case:1 → fix_forward'], 1],
    [false, ['fix_gate_issues: case:2 → traceability_audit'], undefined],
    [null, ['fix_gate_issues: default → traceability_audit'], undefined],
  ])('L1: the gate branches on fix_forward_eligible %j', async (eligible, choices, fixes) => {
    const run = await runFlows(
      spec,
      { flow: 'gate' },
      { fix_gate_issues: { data: { fix_forward_eligible: eligible } } },
    )
    expect(run.choices).toEqual(choices)
    expect(countsOf(run, 'gate#1').fix_forward).toBe(fixes)
    expect(countsOf(run, 'gate#1').finalize).toBe(1)
  })

  it.each([
    [
      'MERGE',
      'execute_merge',
      ['read_gate', 'execute_merge', 'monitor_ci', 'verify_smoke', 'decide_deploy', 'finalize'],
    ],
    ['BOUNCE', 'record_not_deployed', ['read_gate', 'record_not_deployed', 'finalize']],
    ['ESCALATE', 'record_not_deployed', ['read_gate', 'record_not_deployed', 'finalize']],
  ])('L1: deploy on a gate that says %s goes to %s', async (verdict, target, ran) => {
    const run = await runFlows(spec, { flow: 'deploy' }, { read_gate: { data: { gate_verdict: verdict } } })
    expect(run.choices[0]).toMatch(`→ ${target}`)
    expect(Object.keys(countsOf(run, 'deploy#1'))).toEqual(ran)
    expect(run.result.status).toBe('succeeded')
  })

  it('L2: the self loop of the smoke test, which the sources leave unbounded, ends in its default', async () => {
    const merged = { read_gate: { data: { gate_verdict: 'MERGE' } } }
    const failing = await runFlows(
      spec,
      { flow: 'deploy' },
      { ...merged, verify_smoke: { data: { smoke_passed: false } } },
    )
    expect(countsOf(failing, 'deploy#1').verify_smoke).toBe(4)
    expect(failing.choices.at(-1)).toBe('verify_smoke: max_iterations → decide_deploy')
    const mended = [false, true].map((smoke_passed) => ({ data: { smoke_passed } }))
    const passing = await runFlows(spec, { flow: 'deploy' }, { ...merged, verify_smoke: mended })
    expect(countsOf(passing, 'deploy#1').verify_smoke).toBe(2)
  })
})

describe('macro routing over the spec', () => {
  const merged = { ...built, read_gate: { data: { gate_verdict: 'MERGE' } } }
  const all = ['signal', 'plan', 'build', 'review', 'gate', 'deploy', 'wisdom']

  it('V2: a run that follows goes from signal to wisdom', async () => {
    const run = await runFlows(spec, { flow: 'signal', follow: 'macro' }, merged)
    expect(run.visits).toEqual(all.map((key) => `${key}#1`))
    expect(run.result).toMatchObject({ status: 'succeeded' })
    expect(run.result).not.toHaveProperty('nextFlow')
    // Of the 71 steps of the spec all but the ways that were not taken.
    expect(Object.keys(run.counts)).toHaveLength(69)
  })

  it('V2: a flow that fails goes back to where its on_failure leads, and on from there', async () => {
    const flaky = { ...merged, 'review#1/harvest': { fail: { code: 'broken' } } }
    const run = await runFlows(spec, { flow: 'review', follow: 'macro' }, flaky)
    expect(run.visits).toEqual(['review#1', 'build#1', 'review#2', 'gate#1', 'deploy#1', 'wisdom#1'])
    expect(run.result.status).toBe('succeeded')
  })

  it('V2: one that fails again and again ends the run', async () => {
    const run = await runFlows(
      spec,
      { flow: 'plan', follow: 'macro' },
      { ...built, analyze_impact: { fail: { code: 'broken' } } },
    )
    expect(run.visits).toEqual(['plan#1', 'signal#1', 'plan#2', 'signal#2', 'plan#3', 'signal#3'])
    expect(run.result).toMatchObject({ status: 'failed', error: { code: 'flow_visits_exceeded' } })
  })
})
