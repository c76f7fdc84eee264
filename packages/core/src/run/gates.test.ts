import { describe, expect, it } from 'vitest'
import type { CheckRunner } from '../engine/check-runner.ts'
import type { Verification } from '../flow/definition.ts'
import type { FlowInput, FunctionStepInput } from '../flow/flow.ts'
import type { Routing } from '../flow/routing.ts'
import { HandChecks, main, type Script, step } from './hand-call.fixture.ts'
import { begin, dieAfter, type HandRun, play } from './hand-run.fixture.ts'

/** The default of `graceMs`: so long may a command that was aborted clean up. */
const GRACE_MS = 5_000
const tests: Verification = { commands: [{ command: 'npm test' }] }

/** Commands that end at once, by what they are. */
const commands = (outcomes: Readonly<Record<string, number | string>>): CheckRunner => ({
  async run({ command }) {
    const outcome = outcomes[command] ?? 0
    return typeof outcome === 'number'
      ? { exitCode: outcome, output: `exit ${outcome}` }
      : { exitCode: 0, output: outcome }
  },
})
const failing = commands({ 'npm test': 1 })
const passing = commands({})

const gate = (verify: Verification, rest: Partial<FunctionStepInput> = {}): FlowInput =>
  main(step('gate', { verify, ...rest }), step('after'))

const verdictOf = (run: HandRun): string | undefined => run.all('verification_failed')[0]?.gateStatusOnFail

describe('checks', () => {
  it('L7: they run after the call, and the step settles only then', async () => {
    const run = await play(gate(tests), {}, { checks: passing })
    expect(run.events.map(({ type }) => type).slice(3, 7)).toEqual([
      'step_start',
      'step_end',
      'verification_started',
      'verification_passed',
    ])
    expect(run.all('verification_passed')).toMatchObject([
      { stepId: 'gate', commandChecks: [{ checkType: 'command', name: 'npm test', passed: true }] },
    ])
    expect(run.status).toBe('succeeded')
  })

  it('L7: a failed call is not checked', async () => {
    const run = await play(gate(tests), { gate: { fail: 'broken' } }, { checks: passing })
    expect(run.all('verification_started')).toEqual([])
  })

  it.each<[string, Verification, boolean]>([
    ['an exit code other than 0', { commands: [{ command: 'npm test' }] }, false],
    [
      'a pattern that the output matches',
      { commands: [{ command: 'lint', successPattern: 'NO PROBLEMS' }] },
      true,
    ],
    [
      'a pattern that it does not match',
      { commands: [{ command: 'lint', successPattern: '^12 passed' }] },
      false,
    ],
    ['one of several', { commands: [{ command: 'lint' }, { command: 'npm test' }] }, false],
    ['an artifact that is not there', { artifacts: ['report.md'] }, false],
    ['nothing to check', {}, true],
  ])('L7: %s', async (_, verify, passes) => {
    const checks = commands({ 'npm test': 1, lint: 'no problems in 12 files' })
    const run = await play(gate(verify), {}, { checks })
    expect(run.steps().gate).toBe(passes ? 'succeeded' : 'failed: verification_failed')
  })

  it('L7: an artifact of the visit is looked up in the run', async () => {
    const flow = main(
      step('gate', {
        verify: { artifacts: ['report.md'] },
        run: async ({ artifacts }) => {
          await artifacts.put('main/report.md', '# Report')
          return null
        },
      }),
    )
    const run = await play(flow)
    expect(run.all('verification_passed')).toMatchObject([
      { artifactChecks: [{ name: 'report.md', passed: true }] },
    ])
  })

  it('L7: a command without a runner never passes', async () => {
    const run = await play(gate(tests))
    expect(run.steps()).toEqual({
      gate: 'failed: verification_unconfigured',
      after: 'skipped: upstream_failed',
    })
  })

  it('L7: a runner that throws has not passed', async () => {
    const checks: CheckRunner = { run: () => Promise.reject(new Error('no shell here')) }
    const run = await play(gate(tests), {}, { checks })
    expect(run.steps().gate).toBe('failed: verification_failed')
    expect(run.completed.error?.message).toContain('no shell here')
  })

  it('L7: a runner that does not end has not passed when its time is over', async () => {
    const run = await begin(gate({ commands: [{ command: 'npm test', timeoutMs: 5_000 }] }), {
      checks: new HandChecks(),
    })
    await run.end('gate')
    await run.advance(4_999)
    expect(run.steps().gate).toBe('ended')
    await run.advance(1 + GRACE_MS)
    expect(run.steps().gate).toBe('failed: verification_failed')
  })

  it('S5: a check that was cut off is made again, the call is not', async () => {
    const before = await begin(gate(tests), { checks: new HandChecks() })
    await before.end('gate')
    const run = await dieAfter(before, before.events.length)
    await run.resume()
    expect(run.all('verification_started')).toHaveLength(2)
    expect(run.counts).toEqual({ gate: 1 })
  })
})

describe('what a failed check does', () => {
  const loop: Routing = { kind: 'microloop', loopTarget: 'author', next: 'after' }
  const critic = (routing: Routing, verify: Verification = tests): FlowInput =>
    main(step('author'), step('critic', { verify, routing }), step('after'))
  const route = async (routing: Routing, script: Script, verify?: Verification) =>
    await play(critic(routing, verify), script, { checks: failing })

  it('L7: without routing that reads the verdict the step fails', async () => {
    const run = await route({ kind: 'linear', next: 'after' }, {})
    expect(run.steps().critic).toBe('failed: verification_failed')
    expect(run.all('routing_decision')).toEqual([])
  })

  it('L7: a loop reads it instead of what the step said, and goes round again', async () => {
    const run = await route(loop, { critic: { verdict: 'VERIFIED' } })
    expect(run.routes.at(-1)).toBe('critic: max_iterations → after')
    expect(run.counts.author).toBe(4)
    expect(verdictOf(run)).toBe('UNVERIFIED')
    expect(run.status).toBe('succeeded')
  })

  it('L7: BLOCKED ends the loop', async () => {
    const run = await route(
      loop,
      { critic: { verdict: 'VERIFIED' } },
      { ...tests, gateStatusOnFail: 'BLOCKED' },
    )
    expect(run.routes).toEqual(['critic: blocked → after'])
  })

  it('L7: a verdict is set for the iteration whose check failed, not for the next', async () => {
    let failures = 1
    const checks: CheckRunner = {
      run: async () => ({ exitCode: failures-- > 0 ? 1 : 0, output: '' }),
    }
    const run = await play(critic(loop), { critic: { verdict: 'VERIFIED' } }, { checks })
    expect(run.routes).toEqual(['critic: iteration:1 → author', 'critic: verified → after'])
  })

  it.each<[string, Routing]>([
    [
      'a case without a field',
      { kind: 'branch', cases: [{ value: 'UNVERIFIED', next: 'author' }], default: 'after' },
    ],
    [
      'a condition',
      {
        kind: 'branch',
        cases: [{ when: 'steps.critic.verdict == "UNVERIFIED"', next: 'author' }],
        default: 'after',
      },
    ],
  ])('L7: a branch reads it by %s', async (_, routing) => {
    const run = await route(routing, { critic: { verdict: 'VERIFIED' } })
    expect(run.routes[0]).toBe('critic: case:1:iteration:1 → author')
  })

  it.each([undefined, 'verdict', 'status'])(
    'L7: as field %s it is read, whatever the data says',
    async (field) => {
      const named = field === undefined ? {} : { field }
      const deed = { value: { status: 'VERIFIED', verdict: 'VERIFIED' }, verdict: 'VERIFIED' }
      const looped = await route({ ...loop, ...named }, { critic: deed })
      expect(looped.routes.at(-1)).toBe('critic: max_iterations → after')
      const cases = [{ ...named, value: 'UNVERIFIED', next: 'author' }]
      const branched = await route({ kind: 'branch', cases, default: 'after' }, { critic: deed })
      expect(branched.routes[0]).toBe('critic: case:1:iteration:1 → author')
    },
  )

  it('L6: status is a field of the data like any other as long as no check has failed', async () => {
    const routing: Routing = { ...loop, field: 'status', successValues: ['done'] }
    const script = { critic: { value: { status: 'done' }, verdict: 'UNVERIFIED' } }
    const run = await play(critic(routing), script, { checks: passing })
    expect(run.routes).toEqual(['critic: verified → after'])
  })

  it('L7: a condition on the verdict of another step does not read it: the step fails', async () => {
    const when = 'steps.author.verdict == "VERIFIED"'
    const run = await route({ kind: 'branch', cases: [{ when, next: 'author' }], default: 'after' }, {})
    expect(run.steps().critic).toBe('failed: verification_failed')
  })

  it.each([
    ['a member of the data with that name', 'steps.critic.data.verdict == 3'],
    ['a member of the data with such a name', 'steps.critic.data.verdicts == 3'],
    ['what the handoff said', 'steps.critic.handoff.verdict == "VERIFIED"'],
    ['a text with the word', 'steps.critic.status == "succeeded" || params.x == "verdict"'],
  ])('L7: a condition on %s does not read the verdict: the step fails', async (_, when) => {
    const script = { critic: { value: { verdict: 3, verdicts: 3 }, verdict: 'VERIFIED' } }
    const run = await route({ kind: 'branch', cases: [{ when, next: 'after' }], default: 'after' }, script)
    expect(run.steps()).toMatchObject({
      critic: 'failed: verification_failed',
      after: 'skipped: upstream_failed',
    })
  })

  it('L7: a loop or a branch over another field does not read it: the step fails', async () => {
    const field = { kind: 'microloop', loopTarget: 'author', field: 'pending', successValues: ['0'] } as const
    const cases = { kind: 'branch', cases: [{ field: 'tests_passed', value: true, next: 'after' }] } as const
    for (const routing of [field, cases]) {
      const run = await route(routing, { critic: { value: { pending: 0, tests_passed: true } } })
      expect(run.steps().critic).toBe('failed: verification_failed')
    }
  })

  it('L7: a check that is not configured sets the verdict as well', async () => {
    const run = await play(critic(loop), { critic: { verdict: 'VERIFIED' } })
    expect(run.routes.at(-1)).toBe('critic: max_iterations → after')
  })

  it('L7: with allowFailure the flow goes on', async () => {
    const run = await play(gate(tests, { allowFailure: true }), {}, { checks: failing })
    expect(run.steps()).toEqual({ gate: 'failed: verification_failed', after: 'succeeded' })
    expect(run.status).toBe('partial')
  })
})
