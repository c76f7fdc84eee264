import { inFile, type Mutant } from '../mutant.ts'

const tests = 'src/orchestrator/budgets src/orchestrator/charges'

const resumes = 'src/run/redone src/orchestrator/budget-resumes'

/** What a run that a limit or a budget has held up goes on with. */
const heldUp: readonly Mutant[] = [
  ...inFile('packages/core/src/run/conclude.ts', resumes, [
    {
      rule: 'B3',
      off: 'a map whose items a budget kept back is done',
      text: " || skipReason === 'budget'",
      becomes: '',
    },
  ]),
  ...inFile('packages/core/src/run/rearm.ts', resumes, [
    {
      rule: 'L4',
      off: 'a step outside of a loop that is decided again does not wait for it',
      text: 'else if (!edge.guards.every((loop) => hasExited(frame, loop))) frame.decided[edge.id] = EDGE.open',
      becomes: '',
    },
    {
      rule: 'X2',
      off: 'a step is called again because a limit had ended its loop',
      text: "if (rearming.by === 'retry' && step.heldUp) {",
      becomes: 'if (false) {',
    },
  ]),
  ...inFile('packages/core/src/run/interrupted.ts', resumes, [
    {
      rule: 'X2',
      off: 'a loop that a limit has ended does not go on',
      text: 'return step.heldUp || (',
      becomes: 'return (',
    },
    {
      rule: 'X2',
      off: 'what was about to be skipped for a limit is skipped, though it was raised',
      text: ' || (hasNotBegun(step) && SKIPPED_BY_LIMIT.has(step.frame.closing))',
      becomes: '',
    },
    {
      rule: 'S5',
      off: 'what was about to be skipped for a failure is skipped, though that is tried again',
      text: 'return wasSkipped || isToBe ?',
      becomes: 'return wasSkipped ?',
    },
    {
      rule: 'X2',
      off: 'a visit that is open still is not looked into',
      text: '[...failed, ...open].flatMap',
      becomes: 'failed.flatMap',
    },
    {
      rule: 'B3',
      off: 'a map does not go on with the items that a budget kept back',
      text: 'return (map?.executions.some(wasLimited) ?? false) || hasLimitedChild(step)',
      becomes: 'return hasLimitedChild(step)',
    },
  ]),
  ...inFile('packages/core/src/run/decide-start.ts', resumes, [
    {
      rule: 'law 2',
      off: 'visits end with a budget from below to above',
      text: 'visits.unshift(at)',
      becomes: 'visits.push(at)',
    },
    {
      rule: 'H1',
      off: 'a refused attempt leaves open what one before has asked',
      text: 'return [...withdrawRequests(execution), start, error]',
      becomes: 'return [start, error]',
    },
  ]),
  ...inFile('packages/core/src/run/next-action.ts', resumes, [
    {
      rule: 'law 6',
      off: 'a visit that a resume has opened stays open when its step is skipped',
      text: "events: callOff(state, execution, { kind: 'skipped', reason })",
      becomes: "events: callOff(state, execution, { kind: 'skipped', reason }).slice(-1)",
    },
    {
      rule: 'S5',
      off: 'a skip for a limit outlives the resume that has raised it',
      text: 'if (isByLimit && frame.closing !== reason) return undefined',
      becomes: '',
    },
  ]),
  ...inFile('packages/core/src/run/fold.ts', `${resumes} src/orchestrator/quota`, [
    {
      rule: 'B3',
      off: 'another flow follows when the budget of the run is used up',
      text: 'if (event.ofRun === true) state.isOverLimit = true',
      becomes: "if (event.ofRun === true && event.limit === 'durationMs') state.isOverLimit = true",
    },
    {
      rule: 'B1',
      off: 'a shorter wait for a quota takes the place of a longer one',
      text: 'Math.max(event.until, state.quotas.get(event.account) ?? 0)',
      becomes: 'event.until',
    },
  ]),
]

/** What calls may take, and when an account may be called again. */
export const budgets: readonly Mutant[] = [
  ...heldUp,
  ...inFile('packages/core/src/run/budget.ts', tests, [
    {
      rule: 'B3',
      off: 'a call begins although too little is left',
      text: "if (exceeded !== undefined) return { kind: 'exceeded'",
      becomes: "if (false && exceeded !== undefined) return { kind: 'exceeded'",
    },
    {
      rule: 'B3',
      off: 'what others have reserved is not looked at',
      text: 'if (held !== undefined) return',
      becomes: 'if (false && held !== undefined) return',
    },
    {
      rule: 'B3',
      off: 'a reservation is not given back',
      text: 'add(balance.reserved, reserved, -1)',
      becomes: '',
    },
    {
      rule: 'B3',
      off: 'nobody in line is told that something was given back',
      text: 'state.agenda.opened.add(balance)',
      becomes: '{}',
    },
    {
      rule: 'B3',
      off: 'the budget of a step is no worst case',
      text: 'const worst = isOwn && first.place === places[0] ? first.unspent : undefined',
      becomes: 'const worst = undefined',
    },
    {
      rule: 'B3',
      off: 'what nobody told is free',
      text: 'if (charged.length === 0) return undefined',
      becomes: 'return undefined',
    },
    {
      rule: 'B3',
      off: 'a call that was not taken up is charged',
      text: "if (!hasTold && end.type === 'step_error' && TAKEN_NOTHING.has(end.error.code)) return undefined",
      becomes: '',
    },
    {
      rule: 'B3',
      off: 'what the run has taken is not counted',
      text: 'add(state.balance.spent, taken, 1)',
      becomes: '',
    },
    {
      rule: 'B3',
      off: 'the budget of a map bounds nothing',
      text: 'at.item === undefined ? [at] : [at, at.step]',
      becomes: '[at]',
    },
    {
      rule: 'B3',
      off: 'budgets above a child flow bound nothing in it',
      text: 'at = parentOf(state, at.frame)) {',
      becomes: 'at = undefined) {',
    },
  ]),
  ...inFile('packages/core/src/run/budget.ts', tests, [
    {
      rule: 'B3',
      off: 'a call that a stop cut off is charged with a price that its budget does without',
      text: 'return { ...untoldOf(state, execution, measures), ',
      becomes: 'return { ...execution.reserved, ',
    },
  ]),
  ...inFile('packages/core/src/orchestrator/starts/launch.ts', 'src/orchestrator/quota', [
    {
      rule: 'B1',
      off: 'a call that was let in begins, though the quota was found used up since',
      text: ' || session.slots.isClosed(engineFor(session, execution))',
      becomes: '',
    },
  ]),
  ...inFile('packages/core/src/run/decide-start.ts', tests, [
    {
      rule: 'B3',
      off: 'the visits above go on when the budget of the run is used up',
      text: 'if (at === to) break',
      becomes: 'break',
    },
    {
      rule: 'B3',
      off: 'the budget of a step ends its visit',
      text: 'if (visit === undefined) return [{ ...told',
      becomes: 'if (false) return [{ ...told',
    },
  ]),
  ...inFile('packages/core/src/orchestrator/calls/call-agent.ts', tests, [
    {
      rule: 'B3',
      off: 'an engine without a price is called under a budget of dollars',
      text: 'if (isPriceRefused(session, execution, id)) {',
      becomes: 'if (false) {',
    },
  ]),
  ...inFile('packages/core/src/orchestrator/calls/remaining-budget.ts', tests, [
    {
      rule: 'B3',
      off: 'a call that takes more than it may goes on',
      text: 'if (over === undefined) return',
      becomes: 'return',
    },
  ]),
  ...inFile('packages/core/src/orchestrator/calls/retry.ts', 'src/orchestrator/quota', [
    {
      rule: 'B1',
      off: 'a quota is waited for as long as anybody says',
      text: 'Math.min(asked, maxWaitMs)',
      becomes: 'asked',
    },
    {
      rule: 'B1',
      off: 'a service is asked without end whether it is over',
      text: 'Math.max(LEAST_QUOTA_WAIT_MS, retryAfterMs ?? waitMs)',
      becomes: '(retryAfterMs ?? waitMs)',
    },
  ]),
  ...inFile('packages/core/src/orchestrator/slots.ts', 'src/orchestrator/quota', [
    {
      rule: 'B1',
      off: 'other calls on the account begin',
      text: 'freeInMs: () => Math.max(0, opensAt - clock.monotonic()),',
      becomes: 'freeInMs: () => 0,',
    },
    {
      rule: 'B1',
      off: 'whoever stood in line already is let in',
      text: 'if (release === undefined || needsOf(engine).begin === begin) return release',
      becomes: 'return release',
    },
  ]),
  ...inFile('packages/core/src/orchestrator/resume-run.ts', 'src/orchestrator/quota', [
    {
      rule: 'B1',
      off: 'whoever resumes does not know of the quota',
      text: 'closeAccounts(timed, state)\n',
      becomes: '',
    },
  ]),
  ...inFile('packages/core/src/orchestrator/calls/engine-choice.ts', 'src/orchestrator/fallbacks', [
    {
      rule: 'law 6',
      off: 'another engine stands in whatever the failure',
      text: '!UNABLE.has(code) ||',
      becomes: '',
    },
    {
      rule: 'law 6',
      off: 'the chain begins again after each engine',
      text: 'chain.findIndex(({ engine }) => engine === fallback.engine) + 1 : 0',
      becomes: '0 : 0',
    },
  ]),
  ...inFile('packages/core/src/run/fold-step.ts', 'src/orchestrator/fallbacks', [
    {
      rule: 'S5',
      off: 'an engine gets the session of the one that it stands in for',
      text: 'execution.fallback = fallback\n  execution.session = undefined',
      becomes: 'execution.fallback = fallback',
    },
  ]),
  ...inFile('packages/core/src/orchestrator/calls/permission.ts', 'src/orchestrator/calls/permission', [
    {
      rule: 'law 7',
      off: 'what a policy denies is done',
      text: "if (isNamed(deny, action.name)) return 'deny'",
      becomes: '',
    },
    {
      rule: 'law 7',
      off: 'a decision that is none allows',
      text: "return decision === 'allow' || decision === 'deny' ? decision : 'ask'",
      becomes: "return decision === 'deny' ? 'deny' : 'allow'",
    },
    {
      rule: 'law 7',
      off: 'a decision that throws allows',
      text: "} catch {\n    return 'ask'",
      becomes: "} catch {\n    return 'allow'",
    },
  ]),
]
