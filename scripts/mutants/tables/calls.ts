import { inFile, type Mutant } from '../mutant.ts'

/** What an engine can do to a run: fail, hang, lie, come late, ignore an abort. */
export const calls: readonly Mutant[] = [
  ...inFile(
    'packages/core/src/orchestrator/calls/call-registry.ts',
    'src/orchestrator/late-calls src/orchestrator/hostile src/orchestrator/slots src/run/races',
    [
      {
        rule: 'fault 13',
        off: 'the late result of a call counts',
        text: 'if (this.#calls.get(call.execution) !== call) return false',
        becomes: '',
      },
      {
        rule: 'F5',
        off: 'the engine of a step that was ended is not aborted',
        text: 'call.abort(new Error(`The step was ended: ${event.type}`))',
        becomes: '',
      },
      {
        rule: 'B2',
        off: 'a call that has ended keeps its slot',
        text: '    call.release()\n',
        becomes: '\n',
      },
      {
        rule: 'S2',
        off: 'a stop waits for every call, not only for those that wait for people',
        text: "call.abort(new Error('The run rests'))",
        becomes: '',
      },
      {
        rule: 'S1',
        off: 'a run ends before the calls that it aborted have cleaned up',
        text: 'await Promise.all([...calls, ...this.#leaving].map((call) => call.left))',
        becomes: '',
      },
      {
        rule: 'fault 11',
        off: 'a clock that goes back gives a negative duration',
        text: 'Math.max(0, this.#session.host.clock.monotonic() - times.startedAt)',
        becomes: 'this.#session.host.clock.now() - times.startedAt',
      },
    ],
  ),
  ...inFile(
    'packages/core/src/orchestrator/calls/call.ts',
    'src/orchestrator/hostile src/orchestrator/late-calls src/orchestrator/control src/orchestrator/spending',
    [
      {
        rule: 'fault 28',
        off: 'a call that ignores its abort is waited for without end',
        text: '    abandon(session, call)\n',
        becomes: '\n',
      },
      {
        rule: 'fault 28',
        off: 'nobody is told that a call was given up',
        text: "session.enqueue(() => session.record({ type: 'diagnostic', code: 'abandoned', message, address }))",
        becomes: '',
      },
      {
        rule: 'fault 13',
        off: 'the late result of a call that was given up is not told of',
        text: 'if (call.isGivenUp) return session.enqueue(() => recordLate(session, call, end))',
        becomes: 'if (call.isGivenUp) return',
      },
      {
        rule: 'fault 28',
        off: 'a timeout aborts nothing',
        text: "call.abort(new EngineError(message, { code: 'timeout', retryable: true }))",
        becomes: '',
      },
      {
        rule: 'fault 28',
        off: 'a result that comes after the timeout counts',
        text: 'counts ? end : { error: abortReason(call) }',
        becomes: 'end',
      },
      {
        rule: 'S5',
        off: 'a call that a stop cut off counts as failed',
        text: 'if (wasAborted && session.calls.abortedAddresses.has(formatAddress(call.scope)))',
        becomes: 'if (false)',
      },
      {
        rule: 'B3',
        off: 'what a failed call spent is lost',
        text: '...(fallback === undefined ? {} : { fallback }),\n    ...spent,',
        becomes: '...(fallback === undefined ? {} : { fallback }),',
      },
    ],
  ),
  ...inFile('packages/core/src/orchestrator/calls/running-call.ts', 'src/orchestrator/spending', [
    {
      rule: 'B3',
      off: 'what a repair spent is not counted',
      text: 'this.#spentBefore = this.spent',
      becomes: '',
    },
  ]),
  ...inFile('packages/core/src/orchestrator/calls/call-registry.ts', 'src/orchestrator/spending', [
    {
      rule: 'B3',
      off: 'what a call spent that somebody else ends is lost',
      text: '{ ...running?.spent, ...this.#timesOf(execution) }',
      becomes: '{ ...this.#timesOf(execution) }',
    },
  ]),
  ...inFile(
    'packages/core/src/orchestrator/calls/call-timer.ts',
    'src/orchestrator/hostile src/orchestrator/calls src/orchestrator/answers src/orchestrator/retries',
    [
      {
        rule: 'section 6',
        off: 'a sign of life does not put the idle timeout off',
        text: 'if (pauses === 0) idle.restart()',
        becomes: '',
      },
      {
        rule: 'section 6',
        off: 'the idle timeout never runs',
        text: '  idle.run()\n',
        becomes: '\n',
      },
      {
        rule: 'H3',
        off: 'the timeout begins anew after an answer',
        text: 'leftMs = Math.max(0, endsAt - clock.monotonic())',
        becomes: 'leftMs = totalMs',
      },
    ],
  ),
  ...inFile(
    'packages/core/src/orchestrator/calls/retry.ts',
    'src/orchestrator/retries src/orchestrator/hostile',
    [
      {
        rule: 'B1',
        off: 'retryAfterMs is obeyed, however long it is',
        text: 'Math.min(bound, least + (backoff / 2) * random)',
        becomes: 'least + (backoff / 2) * random',
      },
      {
        rule: 'B1',
        off: 'retryAfterMs is ignored',
        text: 'Math.max(error.retryAfterMs ?? 0, backoff / 2)',
        becomes: 'backoff / 2',
      },
      {
        rule: 'B1',
        off: 'a failure that cannot be retried is tried again',
        text: 'if (!error.retryable || execution.retries',
        becomes: 'if (execution.retries',
      },
      {
        rule: 'B1',
        off: 'one retry more than maxRetries',
        text: 'execution.retries >= (policy',
        becomes: 'execution.retries > (policy',
      },
      {
        rule: 'B1',
        off: 'retries at the bound of their delay come all at once',
        text: 'Math.min(bound, doubled)',
        becomes: 'doubled',
      },
      {
        rule: 'B1',
        off: 'retries come without jitter',
        text: 'least + (backoff / 2) * random',
        becomes: 'least + backoff / 2',
      },
    ],
  ),
  ...inFile(
    'packages/core/src/orchestrator/calls/commit-in-call.ts',
    'src/orchestrator/late-calls src/orchestrator/hostile',
    [
      {
        rule: 'law 5',
        off: 'a call that has ended goes on recording',
        text: 'counts() ? { value: work() } : undefined',
        becomes: '{ value: work() }',
      },
    ],
  ),
  ...inFile(
    'packages/core/src/orchestrator/calls/recess.ts',
    'src/orchestrator/calls src/orchestrator/slots src/orchestrator/answers src/orchestrator/paused src/orchestrator/requests',
    [
      {
        rule: 'H3',
        off: 'the timeout of a call runs while a human is asked',
        text: '    call.timer?.pause()\n',
        becomes: '\n',
      },
      {
        rule: 'B2',
        off: 'a call keeps its slot while a human is asked',
        text: 'call.timer?.pause()\n    call.release()',
        becomes: 'call.timer?.pause()',
      },
      {
        rule: 'B2',
        off: 'a call goes on after its answer without a slot',
        text: 'await retakeSlot(session, call)\n',
        becomes: '\n',
      },
      {
        rule: 'B2',
        off: 'each answer of a call takes a slot of its own',
        text: 'retaking ??= retake()',
        becomes: 'retaking = retake()',
      },
      {
        rule: 'H3',
        off: 'an answer waits for a slot while the call has another question open',
        text: 'if (open === 0) {',
        becomes: 'if (open >= 0) {',
      },
      {
        rule: 'B2',
        off: 'a call that goes on takes one more of its rate',
        text: 'session.slots.takeAgain(engine)',
        becomes: 'session.slots.take(engine)',
      },
      {
        rule: 'S2',
        off: 'a call goes on after its answer while the run is paused',
        text: "if (session.state.control !== 'paused') return end()",
        becomes: 'return end()',
      },
    ],
  ),
  ...inFile(
    'packages/core/src/orchestrator/calls/call-requests.ts',
    'src/orchestrator/calls src/orchestrator/requests src/orchestrator/answers',
    [
      {
        rule: 'H4',
        off: 'the n-th equal question of a call is always the first',
        text: 'const nth = (counts.get(contentHash) ?? 0) + 1',
        becomes: 'const nth = 1',
      },
      {
        rule: 'law 5',
        off: 'a request that ended without an answer approves',
        text: 'if (request.answer !== undefined) return request',
        becomes: 'return request',
      },
    ],
  ),
]
