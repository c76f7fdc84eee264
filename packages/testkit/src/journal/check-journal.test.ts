import type { DurableEvent } from '@batonjs/core'
import { describe, expect, it } from 'vitest'
import { checkJournal } from './check-journal.ts'

type Body = { readonly type: DurableEvent['type']; readonly [member: string]: unknown }

const VISIT = { flowKey: 'build', visit: 1, frame: 'build#1' }
const at = (stepId: string, iteration = 1, attempt = 1, item?: string) => ({
  ...VISIT,
  ...{ stepId, iteration, attempt },
  ...(item === undefined ? {} : { item }),
})
const keyOf = (stepId: string, iteration: number, item?: string) =>
  `build#1/${stepId}${item === undefined ? '' : `[${item}]`}#${iteration}`

const CONTENT_KEY = '0123456789abcdef'
const created: Body = { type: 'run_created' }
const started: Body = { type: 'run_started' }
const flowStart: Body = { type: 'flow_start', ...VISIT }
const flowEnd: Body = { type: 'flow_end', ...VISIT }
const completed: Body = { type: 'run_completed' }
const paused: Body = { type: 'run_paused' }
const resumed = (...rearmed: string[]): Body => ({ type: 'run_resumed', rearmed })
const revised = (stepId: string): Body => ({
  type: 'flow_revised',
  frames: ['build#1'],
  rearmed: [{ frame: 'build#1', stepId }],
})
const start = (stepId: string, iteration = 1, attempt = 1, item?: string): Body => ({
  type: 'step_start',
  ...at(stepId, iteration, attempt, item),
  contentKey: CONTENT_KEY,
  idempotencyKey: `run-1/${keyOf(stepId, iteration, item)}@01234567`,
})
const end = (stepId: string, iteration = 1, attempt = 1, item?: string): Body => ({
  type: 'step_end',
  ...at(stepId, iteration, attempt, item),
})
const error = (stepId: string, willRetry: boolean, attempt = 1): Body => ({
  type: 'step_error',
  ...at(stepId, 1, attempt),
  willRetry,
})
const skip = (stepId: string, reason: string): Body => ({ type: 'step_skipped', ...at(stepId), reason })
const loop = (stepId: string, iteration: number): Body => ({
  type: 'routing_decision',
  ...at('critic'),
  rearmed: [{ stepId, iteration }],
})
const ask = (requestId: string): Body => ({ type: 'approval_requested', ...at('sign'), requestId })
const answer = (requestId: string, type: DurableEvent['type'] = 'approval_resolved'): Body => ({
  type,
  ...at('sign'),
  requestId,
})
const tool = (type: 'tool_start' | 'tool_end', toolCallId: string, attempt = 1): Body => ({
  type,
  ...at('a', 1, attempt),
  toolCallId,
})

const propose: Body = { type: 'proposed_action', ...at('a'), requestId: 'r' }
const decide = (approved: boolean): Body => ({
  type: 'action_resolved',
  ...at('a'),
  requestId: 'r',
  outcome: 'answered',
  answer: { approved },
})
const acting = (requestId: string): Body => ({ ...tool('tool_start', 't'), requestId })

/** The problems of a journal that begins as every journal does. */
function problemsOf(...bodies: readonly Body[]): string[] {
  return checkJournal(toEvents([created, started, flowStart, ...bodies]))
}

function toEvents(bodies: readonly Body[]): DurableEvent[] {
  const events = bodies.map((body, index) => ({ runId: 'run-1', seq: index + 1, ts: '', ...body }))
  // The events hold what the checks look at, and no more.
  return events as unknown as DurableEvent[]
}

const sound: Readonly<Record<string, readonly Body[]>> = {
  'a step that succeeds': [start('a'), end('a'), flowEnd, completed],
  'a retry': [start('a'), error('a', true), start('a', 1, 2), end('a', 1, 2), flowEnd, completed],
  'a failure': [start('a'), error('a', false), flowEnd, completed],
  'steps side by side': [start('a'), start('b'), end('b'), end('a'), flowEnd, completed],
  'a lost race': [start('a'), start('b'), end('b'), skip('a', 'lost'), flowEnd, completed],
  'a rejected approval that skips its step': [
    start('sign'),
    ask('r'),
    answer('r'),
    skip('sign', 'rejected'),
    flowEnd,
  ],
  'a step that never runs': [skip('a', 'condition'), flowEnd, completed],
  'a retry that is called off': [start('a'), error('a', true), skip('a', 'stopped'), flowEnd, completed],
  'a loop': [start('a'), end('a'), loop('a', 2), start('a', 2), end('a', 2), flowEnd, completed],
  'items of a map': [
    start('m'),
    start('m', 1, 1, 'x'),
    start('m', 1, 1, 'y'),
    end('m', 1, 1, 'y'),
    end('m', 1, 1, 'x'),
    end('m'),
  ],
  'a pause': [start('a'), end('a'), paused, resumed(), start('b'), end('b'), flowEnd, completed],
  'a failure that is tried again': [
    ...[start('a'), error('a', false), flowEnd, completed, resumed('build#1/a')],
    ...[start('a', 1, 2), end('a', 1, 2), flowEnd, completed],
  ],
  'an edited step': [start('a'), end('a'), revised('a'), resumed(), start('a', 1, 2), end('a', 1, 2)],
  'a tool that acts on an approved action': [
    ...[start('a'), propose, decide(true), acting('r'), tool('tool_end', 't'), end('a')],
  ],
  'a tool that a failure cuts off': [start('a'), tool('tool_start', 't'), error('a', false)],
  'tools in two attempts': [
    ...[start('a'), tool('tool_start', 't'), error('a', true), start('a', 1, 2)],
    ...[tool('tool_start', 't', 2), tool('tool_end', 't', 2), end('a', 1, 2)],
  ],
  'one request after the other': [
    start('sign'),
    ask('r'),
    answer('r'),
    ask('s'),
    answer('s'),
    end('sign'),
    flowEnd,
    completed,
  ],
}

const broken: readonly (readonly [string, readonly Body[], RegExp])[] = [
  ['E3: two starts of one attempt', [start('a'), start('a')], /starts attempt 1 while attempt 1 runs/],
  ['S5: a repeated step', [start('a'), end('a'), start('a', 1, 2)], /starts again after it succeeded/],
  [
    'S5: a repeated item of a map that is tried again',
    [start('m', 1, 1, 'x'), end('m', 1, 1, 'x'), resumed('build#1/m'), start('m', 1, 2, 'x')],
    /m\[x\]#1 starts again/,
  ],
  [
    'a failed step that begins again by itself',
    [start('a'), error('a', false), start('a', 1, 2)],
    /starts again after it failed/,
  ],
  ['a skipped step that begins', [skip('a', 'condition'), start('a')], /starts again after it skipped/],
  ['a gap in the attempts', [start('a'), error('a', true), start('a', 1, 3)], /attempt 3 after attempt 1/],
  ['E3: an attempt that ends twice', [start('a'), end('a'), end('a')], /is not running/],
  ['E3: a success and a failure', [start('a'), end('a'), error('a', false)], /is not running/],
  ['E3: an end without a start', [end('a')], /never started/],
  ['E3: the end of another attempt', [start('a'), end('a', 1, 2)], /attempt 2 of build#1\/a#1 ends/],
  [
    'E3: an attempt that a skip cuts off',
    [start('a'), skip('a', 'condition')],
    /skipped \(condition\) while it runs/,
  ],
  [
    'a step that is skipped after it succeeded',
    [start('a'), end('a'), skip('a', 'lost')],
    /skipped after it succeeded/,
  ],
  ['L3: an iteration that nothing re-armed', [start('a'), end('a'), start('a', 2)], /#2 was never re-armed/],
  ['S5: a wrong idempotency key', [{ ...start('a'), idempotencyKey: 'x' }], /idempotency key "x"/],
  [
    'S5: the idempotency key of other content',
    [{ ...start('a'), contentKey: '76543210abc' }],
    /idempotency key "run-1\/build#1\/a#1@01234567"/,
  ],
  [
    'a step of an unknown visit',
    [{ ...start('a'), frame: 'build#2', idempotencyKey: 'run-1/build#2/a#1@01234567' }],
    /visit build#2, which is unknown/,
  ],
  ['a step of a visit that ended', [flowEnd, start('a')], /build#1, which is ended/],
  ['a visit that starts twice', [flowStart], /starts a second time/],
  ['a visit that ends twice', [flowEnd, flowEnd], /ends while it is ended/],
  ['a step of a paused run', [paused, start('a')], /while the run is resting/],
  ['an event after the end', [flowEnd, completed, flowStart], /comes after run_completed/],
  ['two ends', [flowEnd, completed, completed], /comes after run_completed/],
  ['an end while a step runs', [start('a'), completed], /a#1 is still running/],
  [
    'H1: an end while a request is open',
    [start('sign'), ask('r'), end('sign'), completed],
    /request r is still open/,
  ],
  ['H1: a request that is made twice', [ask('r'), ask('r')], /made a second time/],
  ['H1: a request that is made anew after its end', [ask('r'), answer('r'), ask('r')], /made a second time/],
  ['H1: a request that ends twice', [ask('r'), answer('r'), answer('r')], /which is not open/],
  [
    'H1: a request that ends in another way',
    [ask('r'), answer('r', 'callback_received')],
    /which is approval_requested/,
  ],
  [
    'a tool that a success leaves running',
    [start('a'), tool('tool_start', 't'), end('a')],
    /leaves tool call t open/,
  ],
  [
    'H4: a tool that acts on no request',
    [start('a'), acting('r')],
    /acts on request r, which allows nothing/,
  ],
  ['H4: a tool that acts on an open request', [start('a'), propose, acting('r')], /which is open/],
  [
    'H4: a tool that acts on a rejected action',
    [start('a'), propose, decide(false), acting('r')],
    /which allows nothing/,
  ],
  [
    'H4: a tool that acts on an answer that is used up',
    [start('a'), propose, decide(true), acting('r'), tool('tool_end', 't'), acting('r')],
    /which allows nothing/,
  ],
  ['a tool that ends without a start', [start('a'), tool('tool_end', 't')], /ends while it is unknown/],
  [
    'a tool that starts twice',
    [start('a'), tool('tool_start', 't'), tool('tool_start', 't')],
    /starts while it is open/,
  ],
  [
    'a tool that ends twice',
    [start('a'), tool('tool_start', 't'), tool('tool_end', 't'), tool('tool_end', 't')],
    /ends while it is ended/,
  ],
]

describe('checkJournal', () => {
  it.each(Object.entries(sound))(
    'finds nothing wrong with %s, nor with any part from the beginning',
    (_, bodies) => {
      expect(problemsOf(...bodies)).toEqual([])
      for (let length = 0; length < bodies.length; length++)
        expect(problemsOf(...bodies.slice(0, length))).toEqual([])
    },
  )

  it.each(broken)('finds %s', (_, bodies, problem) => {
    expect(problemsOf(...bodies).join('\n')).toMatch(problem)
  })

  it('E1: finds a gap, a repetition and another run', () => {
    const [first, second, third] = toEvents([created, started, flowStart])
    if (first === undefined || second === undefined || third === undefined) throw new Error('a short journal')
    expect(checkJournal([first, third])).toEqual([
      'seq 3, flow_start: has this seq where 2 is due',
      expect.stringContaining('while the run is created'),
    ])
    expect(checkJournal([first, second, second])).toEqual(['seq 2, run_started: has this seq where 3 is due'])
    expect(checkJournal([first, { ...second, runId: 'run-2' }])).toEqual([
      expect.stringContaining('belongs to run "run-2"'),
    ])
  })

  it('finds a journal that does not begin with run_created, or is created twice', () => {
    expect(checkJournal(toEvents([started]))).toEqual([
      expect.stringContaining('run_created is the first event'),
    ])
    expect(checkJournal(toEvents([created, created]))).toEqual([
      expect.stringContaining('run_created is the first event'),
    ])
  })

  it('says which event it is about', () => {
    expect(problemsOf(end('a'))).toEqual(['seq 4, step_end: build#1/a#1 ends and never started'])
    expect(checkJournal([])).toEqual([])
  })
})
