import { inFile, type Mutant } from '../mutant.ts'

/** What core believes of what an engine yields and returns. */
export const engines: readonly Mutant[] = [
  ...inFile(
    'packages/core/src/orchestrator/calls/engine-run.ts',
    'src/orchestrator/calls src/orchestrator/hostile src/orchestrator/late-calls src/orchestrator/every-event src/orchestrator/spending src/orchestrator/retries',
    [
      {
        rule: 'law 5',
        off: 'an engine whose step has ended is read on',
        text: 'if (!session.calls.isCurrent(call)) return await leave(generator)',
        becomes: '',
      },
      {
        rule: 'section 6',
        off: 'silence and signs of life are one',
        text: '    call.timer?.touch()\n',
        becomes: '\n',
      },
      {
        rule: 'H4',
        off: 'a tool acts on a request that does not allow it',
        text: 'if (misuse === undefined)',
        becomes: 'if (true)',
      },
      {
        rule: 'law 5',
        off: 'what is no generator is read as one',
        text: "if (typeof Reflect.get(Object(given), 'next') === 'function')",
        becomes: 'if (true)',
      },
    ],
  ),
  ...inFile(
    'packages/core/src/orchestrator/calls/engine-result.ts',
    'src/orchestrator/hostile src/orchestrator/calls src/orchestrator/spending',
    [
      {
        rule: 'law 5',
        off: 'an output that is no text counts',
        text: "status === 'succeeded' && typeof output === 'string'",
        becomes: "status === 'succeeded'",
      },
      {
        rule: 'law 5',
        off: 'a result without a known status is a success',
        text: "status === 'succeeded' && typeof output === 'string'",
        becomes: "typeof output === 'string'",
      },
    ],
  ),
  ...inFile('packages/core/src/orchestrator/calls/spent.ts', 'src/orchestrator/spending', [
    {
      rule: 'law 6',
      off: 'a call without a price is not told of',
      text: 'const costUsd = isAmount(cost) ? cost : undefined\n  return toSpent({ usage, costUsd, unpriced: usage !== undefined && costUsd === undefined })',
      becomes:
        'const costUsd = isAmount(cost) ? cost : undefined\n  return toSpent({ usage, costUsd, unpriced: false })',
    },
  ]),
  ...inFile(
    'packages/core/src/orchestrator/calls/tool-calls.ts',
    'src/orchestrator/calls src/orchestrator/hostile',
    [
      {
        rule: 'fault 31',
        off: 'an engine may yield what is out of order',
        text: "if (isOpen === (type === 'tool_end')) return undefined",
        becomes: 'return undefined',
      },
      {
        rule: 'H4',
        off: 'a tool acts on the request of another step',
        text: 'request === undefined || request.execution !== execution',
        becomes: 'request === undefined',
      },
      {
        rule: 'H4',
        off: 'a rejected action allows a tool',
        text: "request.record.type === 'proposed_action' && !isApproval(answer)",
        becomes: 'false',
      },
    ],
  ),
  ...inFile(
    'packages/core/src/orchestrator/calls/engine-session.ts',
    'src/orchestrator/calls/engine-session',
    [
      {
        rule: 'S5',
        off: 'an attempt goes on with an older session than the one that cannot be kept',
        text: 'await commitInCall(session, call, () => session.record({ type:',
        becomes:
          'if (kept.digest !== undefined) await commitInCall(session, call, () => session.record({ type:',
      },
      {
        rule: 'S5',
        off: 'the content of a session in an artifact is not looked at',
        text: 'text !== undefined && digestText(text) === digest',
        becomes: 'text !== undefined',
      },
    ],
  ),
  ...inFile('packages/core/src/orchestrator/calls/complaints.ts', 'src/orchestrator/calls/engine-defects', [
    {
      rule: 'law 6',
      off: 'every defect of an engine is a diagnostic of its own',
      text: 'if (kind.isTold) return undefined',
      becomes: '',
    },
    {
      rule: 'law 6',
      off: 'an engine can have as many kinds of defects as it likes',
      text: 'this.#kinds.has(own) || this.#kinds.size < KINDS ? own',
      becomes: 'true ? own',
    },
  ]),
  ...inFile('packages/core/src/orchestrator/calls/engine-shapes.ts', 'src/orchestrator/hostile', [
    {
      rule: 'fault 41',
      off: 'negative usage and NaN are summed',
      text: "typeof value === 'number' && value >= 0 && value <= MOST",
      becomes: "typeof value === 'number'",
    },
  ]),
  ...inFile(
    'packages/core/src/orchestrator/calls/engine-event.ts',
    'src/orchestrator/hostile src/orchestrator/every-event',
    [
      {
        rule: 'fault 22',
        off: 'the input and output of a tool stand whole in the journal',
        text: 'if (text.length <= TOOL_CHARACTERS) return { [name]: value }',
        becomes: 'return { [name]: value }',
      },
      {
        rule: 'fault 22',
        off: 'all changed files stand in one line',
        text: '(batches.at(-1)?.length ?? FILES_AT_ONCE) >= FILES_AT_ONCE',
        becomes: 'batches.length === 0',
      },
    ],
  ),
]
