import { inFile, type Mutant } from '../mutant.ts'

/** What the host decides beside the flow: who waits for a quota, what agents may do, who stands in for whom. */
export const policies: readonly Mutant[] = [
  ...inFile('packages/core/src/run/request.ts', 'src/orchestrator/calls/permission', [
    {
      rule: 'law 7',
      off: 'what a policy said counts for good',
      text: "if (status === 'answered' && by === POLICY) return true",
      becomes: '',
    },
  ]),
  ...inFile('packages/core/src/orchestrator/calls/call-requests.ts', 'src/orchestrator/calls/permission', [
    {
      rule: 'law 7',
      off: 'people may allow what is denied by now',
      text: 'denyByPolicy(session, call, known, spec)',
      becomes: '',
    },
  ]),
  ...inFile('packages/core/src/orchestrator/calls/retry.ts', 'src/orchestrator/quota', [
    {
      rule: 'B1',
      off: 'a quota is waited for as long as anybody says',
      text: 'Math.min(retryAfterMs ?? waitMs, maxWaitMs)',
      becomes: '(retryAfterMs ?? waitMs)',
    },
    {
      rule: 'B1',
      off: 'a service is asked without end whether it is over',
      text: 'Math.max(LEAST_QUOTA_WAIT_MS, Math.min(',
      becomes: 'Math.max(0, Math.min(',
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
      text: "if (isNamed(deny, action.name) || isNamed(deny, bare(action.name))) return 'deny'",
      becomes: '',
    },
    {
      rule: 'law 7',
      off: 'a decision that is none allows',
      text: "return value === 'allow' || value === 'deny' || value === 'ask'",
      becomes: 'return value !== undefined',
    },
    {
      rule: 'law 7',
      off: 'a decision that throws allows',
      text: "message: text, address })\n  return 'ask'",
      becomes: "message: text, address })\n  return 'allow'",
    },
  ]),
]
