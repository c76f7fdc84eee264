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
  ...inFile('packages/core/src/orchestrator/calls/call-agent.ts', 'src/orchestrator/spent-before', [
    {
      rule: 'B3',
      off: 'an answer is mended with nothing left',
      text: "if (spent !== undefined) return callError('budget_exceeded', spent)",
      becomes: '',
    },
  ]),
  ...inFile('packages/core/src/run/interrupted.ts', 'src/orchestrator/spent-before', [
    {
      rule: 'B3',
      off: 'what a call told before it asked people is lost with its process',
      text: '[{ ...stepError(execution, error, true), ...execution.told }]',
      becomes: '[stepError(execution, error, true)]',
    },
  ]),
  ...inFile('packages/core/src/orchestrator/calls/spent.ts', 'src/orchestrator/spent-before', [
    {
      rule: 'B3',
      off: 'what was used is given back by telling less',
      text: '(a ?? b) : Math.max(a, b)',
      becomes: '(a ?? b) : b',
    },
  ]),
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
      text: 'if (!hasTold && code !== undefined && tookNothing(code, hasSpoken)) return undefined',
      becomes: '',
    },
    {
      rule: 'B3',
      off: 'what a crash cut off is charged with what it had told',
      text: "if (code !== undefined && CUT_OFF.has(code) && state.resumedFrom === 'crash') return execution.reserved",
      becomes: '',
    },
    {
      rule: 'B3',
      off: 'a pass that told nothing is free when another has told',
      text: '(told[dimension] === undefined || untold.has(dimension))',
      becomes: 'told[dimension] === undefined',
    },
    {
      rule: 'B3',
      off: 'half of a count counts',
      text: 'const isCounted = inputTokens !== undefined && outputTokens !== undefined',
      becomes: 'const isCounted = true',
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
  ...inFile('packages/core/src/run/budget.ts', tests, []),
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
]
