import { readdirSync, readFileSync } from 'node:fs'
import { describe, expect, it } from 'vitest'
import type { Flow } from './flow.ts'
import { compileFlow } from './graph.ts'
import { lintFlow, lintFlows } from './lint-flow.ts'
import { parseFlow } from './parse-flow.ts'

/** The flows of the sources, written down from the tables A1.2 (registry) and A1.3 (spec). */
function load(dialect: 'registry' | 'spec'): readonly Flow[] {
  const folder = new URL(`../../test/flows/${dialect}/`, import.meta.url)
  return readdirSync(folder).map((file) => parseFlow(readFileSync(new URL(file, folder), 'utf8'), { file }))
}

function stepCounts(flows: readonly Flow[]): Record<string, number> {
  return Object.fromEntries(flows.map(({ key, steps }) => [key, steps.length]))
}

/** Loops as the tables write them: `decision⟲target/bound`. */
function loopsOf(flows: readonly Flow[]): readonly string[] {
  return flows.flatMap((flow) => {
    const { loops, steps } = compileFlow(flow)
    return loops.map(({ decision, target, maxIterations }) => {
      return `${flow.key}: ${steps[decision]?.id}⟲${steps[target]?.id}/${maxIterations}`
    })
  })
}

describe('L5: the registry flows of the sources', () => {
  const flows = load('registry')

  it('are the seven flows with their 55 steps', () => {
    expect(stepCounts(flows)).toEqual({
      signal: 6,
      plan: 8,
      build: 12,
      review: 11,
      gate: 7,
      deploy: 5,
      wisdom: 6,
    })
  })

  it('are clean', () => {
    expect(lintFlows(flows)).toMatchObject([{ flow: 'gate', code: 'no_effect', severity: 'warning' }])
  })

  it('F1: are sequences, and the gate is a graph: a fork of four that a join waits for', () => {
    expect(flows.filter((flow) => !compileFlow(flow).isSequence).map(({ key }) => key)).toEqual(['gate'])
    const gate = flows.find(({ key }) => key === 'gate')
    const edges = gate === undefined ? [] : compileFlow(gate).edges
    const named = edges.map(({ kind, from, to }) => `${gate?.steps[from]?.id} ${kind} ${gate?.steps[to]?.id}`)
    const branches = ['contract', 'security', 'coverage', 'policy_check']
    expect([...named].sort()).toEqual(
      [
        ...branches.flatMap((branch) => [`receipt data ${branch}`, `${branch} data gate_fix`]),
        'gate_fix route merge_decision',
      ].sort(),
    )
  })

  it('L2: loop as the tables say', () => {
    expect(loopsOf(flows)).toEqual([
      'build: critique_tests⟲author_tests/3',
      'build: critique_code⟲implement/3',
      'review: worklist_loop⟲worklist_loop/50',
      'signal: critique_reqs⟲author_reqs/3',
    ])
  })

  it('L6: read the verdict where the sources read the status, and otherwise the field', () => {
    const routings = flows
      .flatMap(({ steps }) => steps)
      .flatMap(({ routing }) => (routing?.kind === 'microloop' ? [routing] : []))
    expect(routings.map(({ field, successValues }) => `${field}: ${successValues}`)).toEqual([
      'undefined: VERIFIED,verified',
      'undefined: VERIFIED,verified',
      'pending_blocking: 0',
      'undefined: VERIFIED,verified',
    ])
  })
})

describe('L5: the spec flows of the sources', () => {
  const flows = load('spec')

  it('are the seven flows with their 71 steps', () => {
    expect(stepCounts(flows)).toEqual({
      signal: 8,
      plan: 12,
      build: 11,
      review: 8,
      gate: 11,
      deploy: 7,
      wisdom: 14,
    })
  })

  it('are clean', () => {
    expect(lintFlows(flows)).toEqual([])
    for (const flow of flows) expect(lintFlow(flow)).toEqual([])
  })

  it('F1: are sequences, the gate too', () => {
    expect(flows.every((flow) => compileFlow(flow).isSequence)).toBe(true)
  })

  it('L2: loop as the tables say, a branch that points back included', () => {
    expect(loopsOf(flows)).toEqual([
      'signal: critique_reqs⟲author_reqs/3',
      'signal: critique_bdd⟲author_bdd/3',
      'plan: critique_options⟲design_options/2',
      'plan: critique_contracts⟲design_interfaces/2',
      'plan: critique_observability⟲design_observability/2',
      'plan: critique_design⟲author_adr/2',
      'build: critique_tests⟲author_tests/3',
      'build: critique_code⟲implement/4',
      'build: run_tests⟲implement/3',
      'review: worklist_loop⟲worklist_loop/50',
      'deploy: verify_smoke⟲verify_smoke/3',
    ])
  })

  it('V2: go on to each other', () => {
    expect(
      flows.map(({ key, onComplete, onFailure }) => [key, onComplete?.nextFlow, onFailure?.nextFlow]),
    ).toEqual([
      ['signal', 'plan', undefined],
      ['plan', 'build', 'signal'],
      ['build', 'review', 'plan'],
      ['review', 'gate', 'build'],
      ['gate', 'deploy', 'review'],
      ['deploy', 'wisdom', 'gate'],
      ['wisdom', undefined, undefined],
    ])
  })

  it('L7: verify as their stations do', () => {
    const implement = flows.flatMap(({ steps }) => steps).find(({ id }) => id === 'implement')
    expect(implement?.verify).toEqual({
      artifacts: ['impl_changes_summary.md'],
      commands: [{ command: 'npm test', successPattern: 'passed|PASSED|ok', timeoutMs: 300_000 }],
      gateStatusOnFail: 'UNVERIFIED',
    })
  })
})
