import { describe, expect, it } from 'vitest'
import type { NavigationProposal, NavigationQuestion, NavigationRoute } from '../engine/navigator.ts'
import { defineFlow } from '../flow/define-flow.ts'
import { stepsToAdd } from './judge-growth.ts'
import { specNavigator, validateProposal } from './navigation.ts'

const flow = defineFlow({
  key: 'build',
  steps: [
    { id: 'plan', prompt: 'Plan' },
    { id: 'code', prompt: 'Code' },
    { id: 'review', prompt: 'Review', routing: { kind: 'microloop', loopTarget: 'code', maxIterations: 2 } },
    { id: 'ship', prompt: 'Ship' },
    { id: 'tell', prompt: 'Tell' },
  ],
})
const fix = { kind: 'agent', id: 'fix', prompt: 'Fix the environment' } as const

const question: NavigationQuestion = {
  runId: 'run-1',
  flowKey: 'build',
  visit: 1,
  frame: 'build#1',
  stepId: 'review',
  iteration: 2,
  idempotencyKey: 'build#1/review#2',
  flow,
  golden: { decision: 'advance', target: 'ship', reason: 'verified' },
  steps: { plan: 'succeeded', code: 'succeeded', review: 'asks', ship: 'pending', tell: 'pending' },
  loops: [{ target: 'code', rearms: 1, maxIterations: 2 }],
  detours: [{ id: 'env-doctor', steps: [fix], maxUses: 2, uses: 1 }],
  flows: ['reset'],
  depth: 1,
  injections: [],
  addedSteps: 0,
}

const because = { rationale: 'The tests cannot run', confidence: 0.8 }

function judge(route: NavigationRoute, changes: Partial<NavigationQuestion> = {}) {
  const judgement = validateProposal({ ...question, ...changes }, { ...because, ...route })
  return judgement.accepted ? 'accepted' : judgement.reasons.map(({ code }) => code)
}

describe('the spec as navigator', () => {
  it('N1: always answers that the run goes on as the spec says, without a model', () => {
    const signal = new AbortController().signal
    const proposal = specNavigator.navigate(question, { signal })
    expect(proposal).toEqual({ kind: 'continue', rationale: 'verified', confidence: 1 })
    // The spec answers at once, never with a promise.
    expect(validateProposal(question, proposal as NavigationProposal)).toEqual({ accepted: true })
  })
})

describe('a proposal', () => {
  it.each<[string, NavigationRoute]>([
    ['goes on', { kind: 'continue' }],
    ['loops within the bound', { kind: 'loop', target: 'code' }],
    ['branches to a step that has not begun', { kind: 'branch', target: 'tell' }],
    ['takes a detour and returns', { kind: 'detour', detour: 'env-doctor', returnTo: 'ship' }],
    ['puts a flow in', { kind: 'inject_flow', flow: 'reset', returnTo: 'ship' }],
    ['puts steps in', { kind: 'inject_nodes', nodes: [fix, { ...fix, id: 'again' }], returnTo: 'ship' }],
    [
      'adds a step to the graph',
      { kind: 'extend_graph', patch: [{ op: 'add', path: '/steps/-', value: fix }] },
    ],
    [
      'mends where the step that asks leads',
      { kind: 'extend_graph', patch: [{ op: 'remove', path: '/steps/2/routing' }] },
    ],
    ['pauses', { kind: 'pause' }],
    ['terminates', { kind: 'terminate' }],
  ])('N1: is accepted when it %s', (_, route) => {
    expect(judge(route)).toBe('accepted')
  })

  it.each<[string, NavigationRoute, Partial<NavigationQuestion>, readonly string[]]>([
    ['loops to a step that is no target', { kind: 'loop', target: 'plan' }, {}, ['loop_unknown']],
    [
      'loops beyond the bound',
      { kind: 'loop', target: 'code' },
      { loops: [{ target: 'code', rearms: 2, maxIterations: 2 }] },
      ['loop_bound_exceeded'],
    ],
    ['branches to nowhere', { kind: 'branch', target: 'shp' }, {}, ['target_unknown']],
    ['branches to a name of every object', { kind: 'branch', target: 'toString' }, {}, ['target_unknown']],
    ['branches back', { kind: 'branch', target: 'plan' }, {}, ['target_begun']],
    [
      'takes a detour that nobody knows',
      { kind: 'detour', detour: 'holiday', returnTo: 'ship' },
      {},
      ['detour_unknown'],
    ],
    [
      'takes a detour too often',
      { kind: 'detour', detour: 'env-doctor', returnTo: 'ship' },
      { detours: [{ id: 'env-doctor', steps: [fix], maxUses: 2, uses: 2 }] },
      ['detour_used_up'],
    ],
    [
      'takes a detour without a return address',
      { kind: 'detour', detour: 'env-doctor', returnTo: '' },
      {},
      ['return_missing'],
    ],
    [
      'returns to a step that has begun',
      { kind: 'detour', detour: 'env-doctor', returnTo: 'code' },
      {},
      ['target_begun'],
    ],
    [
      'puts an unknown flow in',
      { kind: 'inject_flow', flow: 'rest', returnTo: 'ship' },
      {},
      ['flow_unknown'],
    ],
    [
      'goes deeper than the limit',
      { kind: 'inject_flow', flow: 'reset', returnTo: 'ship' },
      { depth: 3 },
      ['beyond_depth'],
    ],
    [
      'puts the same flow in from the same step',
      { kind: 'inject_flow', flow: 'reset', returnTo: 'ship' },
      { injections: [{ flow: 'reset', stepId: 'review' }] },
      ['injected_before'],
    ],
    [
      'puts in a step whose id is taken',
      { kind: 'inject_nodes', nodes: [{ ...fix, id: 'plan' }], returnTo: 'ship' },
      {},
      ['duplicate_id'],
    ],
    [
      'brings code',
      { kind: 'inject_nodes', nodes: [{ kind: 'function', id: 'run' }], returnTo: 'ship' },
      {},
      ['function_refused'],
    ],
    [
      'adds more steps than are allowed',
      { kind: 'inject_nodes', nodes: [fix], returnTo: 'ship' },
      { addedSteps: 20 },
      ['too_many_steps'],
    ],
    [
      'changes a step that has begun',
      { kind: 'extend_graph', patch: [{ op: 'replace', path: '/steps/1/prompt', value: 'Other' }] },
      {},
      ['step_begun'],
    ],
    [
      'changes the work of the step that asks',
      { kind: 'extend_graph', patch: [{ op: 'replace', path: '/steps/2/prompt', value: 'Other' }] },
      {},
      ['step_begun'],
    ],
    [
      'removes a step that has begun',
      { kind: 'extend_graph', patch: [{ op: 'remove', path: '/steps/0' }] },
      {},
      ['step_begun'],
    ],
    [
      'patches what is no step',
      { kind: 'extend_graph', patch: [{ op: 'replace', path: '/limits/depth', value: 9 }] },
      {},
      ['graph_patch_invalid'],
    ],
  ])('N1: is refused when it %s', (_, route, changes, codes) => {
    expect(judge(route, changes)).toEqual(codes)
  })

  it('N1: is refused when it makes a cycle', () => {
    const fork = defineFlow({
      key: 'fork',
      steps: [
        { id: 'a', prompt: 'A' },
        { id: 'b', prompt: 'B', needs: ['a'] },
        { id: 'c', prompt: 'C', needs: ['b'] },
      ],
    })
    const patch = [{ op: 'add', path: '/steps/1/needs/-', value: 'c' }]
    const steps = { a: 'asks', b: 'pending', c: 'pending' } as const
    expect(judge({ kind: 'extend_graph', patch }, { flow: fork, stepId: 'a', steps })).toEqual(['cycle'])
  })

  it('N1: is refused with everything that is wrong with it at once', () => {
    const proposal = {
      kind: 'inject_flow',
      flow: 'rest',
      returnTo: '',
      rationale: ' ',
      confidence: 2,
    } as const
    const judgement = validateProposal({ ...question, depth: 3 }, proposal)
    expect(judgement).toMatchObject({
      accepted: false,
      reasons: [
        { code: 'rationale_missing' },
        { code: 'confidence_out_of_range' },
        { code: 'flow_unknown' },
        { code: 'beyond_depth' },
        { code: 'return_missing' },
      ],
    })
  })

  it.each([
    undefined,
    'continue',
    { kind: 'teleport', ...because },
    { kind: 'inject_nodes', nodes: 7, returnTo: 'ship', ...because },
    { kind: 'extend_graph', ...because },
  ])('N1: that is none is an objection, not an exception: %j', (proposal) => {
    // What a navigator gives is only promised to be a proposal.
    const judgement = validateProposal(question, proposal as unknown as NavigationProposal)
    expect(judgement.accepted || judgement.reasons[0]?.code).toBe('proposal_malformed')
  })

  it('N1: adds steps that lead from one to the next and then back', () => {
    const nodes = [fix, { ...fix, id: 'again' }]
    const steps = stepsToAdd(question, { kind: 'inject_nodes', nodes, returnTo: 'ship', ...because })
    expect(steps.map(({ id, routing }) => ({ id, routing }))).toEqual([
      { id: 'fix', routing: { kind: 'linear', next: 'again' } },
      { id: 'again', routing: { kind: 'linear', next: 'ship' } },
    ])
  })
})
