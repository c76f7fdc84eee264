import { inFile, type Mutant } from '../mutant.ts'

/** Conditions, verdicts, limits, and how visits and runs end. */
export const decisions: readonly Mutant[] = [
  ...inFile(
    'packages/core/src/run/decide-start.ts',
    'src/run/conditions src/run/limits src/run/child-flow src/run/iterations',
    [
      {
        rule: 'F7',
        off: 'a step starts although its condition is false',
        text: "return isMet ? undefined : callOff(state, execution, { kind: 'skipped', reason: 'condition' })",
        becomes: 'return undefined',
      },
      {
        rule: 'F7',
        off: 'a condition that cannot be evaluated lets its step start',
        text: "const { message } = toPlainError(thrown, 'condition_error')",
        becomes:
          "if (thrown) return undefined\n    const { message } = toPlainError(thrown, 'condition_error')",
      },
      {
        rule: 'F7',
        off: 'a condition is judged again for each attempt',
        text: 'const wasLetIn = error !== undefined && contentKey !== UNCALLED',
        becomes: 'const wasLetIn = false',
      },
      {
        rule: 'X2',
        off: 'the budget of step executions keeps nothing from running',
        text: 'if (isCounted && exhaustedBudget(state, frame) !== undefined)',
        becomes: 'if (false)',
      },
      {
        rule: 'X2',
        off: 'items and attempts are held to the step budget',
        text: 'const isCounted = item === undefined && attempt === 0',
        becomes: 'const isCounted = true',
      },
      {
        rule: 'V1',
        off: 'a child flow may stand one level too deep',
        text: 'if (execution.frame.depth + 1 > limit) {',
        becomes: 'if (execution.frame.depth > limit) {',
      },
      {
        rule: 'V1',
        off: 'the depth is 4 by default',
        text: 'const DEFAULT_DEPTH = 3',
        becomes: 'const DEFAULT_DEPTH = 4',
      },
    ],
  ),
  ...inFile('packages/core/src/run/limits.ts', 'src/run/limits', [
    {
      rule: 'X2',
      off: 'one step execution over the budget is allowed',
      text: 'frame.executions >= budget',
      becomes: 'frame.executions > budget',
    },
    {
      rule: 'X2',
      off: 'the default budget ignores what the loops allow',
      text: 'Math.max(graph.steps.length * EXECUTIONS_PER_STEP, allowed)',
      becomes: 'graph.steps.length * EXECUTIONS_PER_STEP',
    },
  ]),
  ...inFile(
    'packages/core/src/run/fold-step.ts',
    'src/run/limits src/run/interrupted src/run/outcome src/orchestrator/spending src/run/iterations',
    [
      {
        rule: 'X2',
        off: 'a step execution is not counted',
        text: 'execution.frame.executions += 1',
        becomes: '',
      },
      {
        rule: 'X2',
        off: 'each attempt counts as a step execution',
        text: 'if (execution.item !== undefined || event.attempt > 1) return',
        becomes: 'if (execution.item !== undefined) return',
      },
      {
        rule: 'L2',
        off: 'file changes of an iteration count as evidence of the next',
        text: '  execution.fileChanges = undefined\n',
        becomes: '\n',
      },
      {
        rule: 'X1',
        off: 'a retry is not in the census',
        text: 'state.tally.earlierFailures += 1\n    }',
        becomes: '}',
      },
    ],
  ),
  ...inFile('packages/core/src/run/compare.ts', 'src/run/routing src/run/loops', [
    {
      rule: 'L6',
      off: 'words are compared with their case',
      text: 'value.trim().toLowerCase()',
      becomes: 'value.trim()',
    },
    {
      rule: 'L6',
      off: 'words are compared by a part',
      text: 'return toWord(a) === toWord(b)',
      becomes: 'return toWord(a).includes(toWord(b))',
    },
    {
      rule: 'L6',
      off: 'not_equals holds for equal words',
      text: 'return value === undefined || !isSameWord(value, expected)',
      becomes: 'return true',
    },
  ]),
  ...inFile('packages/core/src/run/condition-scope.ts', 'src/run/gates src/run/conditions', [
    {
      rule: 'L7',
      off: 'routing reads the verdict of the handoff, not that of the gate',
      text: 'return step.gateVerdict ?? step.result?.handoff?.verdict',
      becomes: 'return step.result?.handoff?.verdict',
    },
    {
      rule: 'F7',
      off: 'a condition looks at the beginning of a text that lies in an artifact',
      text: "if (output?.output.ref !== undefined) withhold(view, 'output', step)",
      becomes: '',
    },
    {
      rule: 'F7',
      off: 'large data is nothing to a condition',
      text: "if (output?.dataRef !== undefined) withhold(view, 'data', step)",
      becomes: '',
    },
  ]),
  ...inFile('packages/core/src/run/outcome.ts', 'src/run/outcome src/run/child-flow src/run/map', [
    {
      rule: 'X1',
      off: 'a failure that nothing absorbed does not fail the run',
      text: "if (failed.some((step) => !isAbsorbed(step))) return 'failed'",
      becomes: '',
    },
    {
      rule: 'X1',
      off: 'a failure is not absorbed by a race that was won',
      text: '.some((source) => followersOf(source).some(isWonRace))',
      becomes: '.some(() => false)',
    },
    {
      rule: 'X1',
      off: 'a failure is absorbed only by a race right behind it',
      text: "if (target.status === 'skipped' && BY_FAILURE.has(target.skipReason)) reached.add(target)",
      becomes: '',
    },
    {
      rule: 'X1',
      off: 'allowFailure absorbs nothing',
      text: 'if (step.place.definition.allowFailure === true) return true',
      becomes: '',
    },
    {
      rule: 'X1',
      off: 'a run with an absorbed failure counts as a full success',
      text: "return failed.length > 0 || frame.steps.some(isIncomplete) ? 'partial' : 'succeeded'",
      becomes: "return frame.steps.some(isIncomplete) ? 'partial' : 'succeeded'",
    },
    {
      rule: 'V1',
      off: 'a partial child leaves its parent a full success',
      text: "if (child?.outcome === 'partial') return true",
      becomes: '',
    },
  ]),
  ...inFile(
    'packages/core/src/run/census.ts',
    'src/run/outcome src/run/edges src/run/conditions src/run/interrupted',
    [
      {
        rule: 'law 6',
        off: 'the census tells an absorbed failure as one that was not',
        text: 'absorbed: isAbsorbed(step)',
        becomes: 'absorbed: false',
      },
      {
        rule: 'law 6',
        off: 'the census counts each skip reason once',
        text: 'counts[reason] = (counts[reason] ?? 0) + 1',
        becomes: 'counts[reason] = 1',
      },
      {
        rule: 'law 6',
        off: 'the census forgets the interruptions',
        text: 'interruptions: state.tally.interruptions',
        becomes: 'interruptions: 0',
      },
    ],
  ),
  ...inFile('packages/core/src/run/close-visit.ts', 'src/run/outcome src/run/child-flow', [
    {
      rule: 'F6',
      off: 'a visit ends before its steps have settled',
      text: 'frame.outcome !== undefined || frame.settled < frame.steps.length',
      becomes: 'frame.outcome !== undefined',
    },
    {
      rule: 'X1',
      off: 'a flow that failed has an output',
      text: "if (outcomeOf(frame) === 'failed') return",
      becomes: 'if (false) return',
    },
  ]),
  ...inFile('packages/core/src/run/journey.ts', 'src/run/journey src/run/conditions', [
    {
      rule: 'V2',
      off: 'a flow is visited as often as it likes',
      text: 'if (journey.total < inAll && visited < ofOne) return undefined',
      becomes: 'if (journey.total < inAll) return undefined',
    },
    {
      rule: 'V2',
      off: 'a run visits as many flows as it likes',
      text: 'if (journey.total < inAll && visited < ofOne) return undefined',
      becomes: 'if (visited < ofOne) return undefined',
    },
    {
      rule: 'V2',
      off: 'onComplete is followed although the request does not say so',
      text: "if (manifest.follow !== 'macro' || next === undefined",
      becomes: 'if (next === undefined',
    },
    {
      rule: 'V2',
      off: 'onFailure is not taken although it is in the list',
      text: 'if (listed >= 0) return',
      becomes: 'if (false) return',
    },
    {
      rule: 'V2',
      off: 'what would come next is not recorded',
      text: '...(next === undefined ? {} : { nextFlow: next.nextFlow })',
      becomes: '...{}',
    },
    {
      rule: 'H5',
      off: 'a flow that a human stopped goes on with onFailure',
      text: 'next === undefined || wasStopped(frame) || state.isOverLimit',
      becomes: 'next === undefined || state.isOverLimit',
    },
    {
      rule: 'X1',
      off: 'a run whose first flow was partial counts as a full success',
      text: ".every((outcome) => outcome === 'succeeded') ? 'succeeded' : 'partial'",
      becomes: ".every(Boolean) ? 'succeeded' : 'partial'",
    },
  ]),
  ...inFile(
    'packages/core/src/run/drafts.ts',
    'src/run/loops src/run/record src/run/map src/run/iterations',
    [
      {
        rule: 'L2',
        off: 'file changes are no evidence',
        text: 'return fileChanges === undefined ? output.digest :',
        becomes: 'return fileChanges !== undefined || true ? output.digest :',
      },
      {
        rule: 'S5',
        off: 'each attempt has an idempotency key of its own',
        text: 'idempotencyKey: idempotencyKeyOf(execution, facts.contentKey),',
        becomes: 'idempotencyKey: `${idempotencyKeyOf(execution, facts.contentKey)}.${execution.attempt}`,',
      },
      {
        rule: 'V3',
        off: 'the items of a map share an idempotency key',
        text: 'item: item?.key, iteration })',
        becomes: 'item: undefined, iteration })',
      },
      {
        rule: 'S5',
        off: 'two runs share their idempotency keys',
        text: 'return `${frame.runId}/${address}`',
        becomes: 'return address',
      },
      {
        rule: 'S5',
        off: 'an edited step keeps its idempotency key',
        text: '@${contentKey.slice(0, CONTENT_DIGITS)}',
        becomes: '@${contentKey.slice(0, 0)}',
      },
    ],
  ),
]
