import { inFile, type Mutant } from '../mutant.ts'

const tests = 'src/orchestrator/budgets src/orchestrator/charges'

/** What calls may take, and when an account may be called again. */
export const budgets: readonly Mutant[] = [
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
