import { inFile, type Mutant } from '../mutant.ts'

/** What a resume repeats, and when it refuses. */
export const resume: readonly Mutant[] = [
  ...inFile(
    'packages/core/src/run/interrupted.ts',
    'src/run/interrupted src/orchestrator/resume src/orchestrator/crashes src/run/stops-and-edits',
    [
      {
        rule: 'S5',
        off: 'a step that kills its process is started without end',
        text: 'if (count <= MAX_INTERRUPTIONS) {',
        becomes: 'if (true) {',
      },
      {
        rule: 'S5',
        off: 'the sixth interruption is forgiven',
        text: 'const MAX_INTERRUPTIONS = 5',
        becomes: 'const MAX_INTERRUPTIONS = 6',
      },
      {
        rule: 'S5',
        off: 'an orderly stop counts towards poisoning',
        text: "const more = state.resumedFrom === 'crash' ? 1 : 0",
        becomes: 'const more = 1',
      },
      {
        rule: 'S5',
        off: 'retryFailed runs a failure again that was absorbed',
        text: "if (step.status === 'failed') return !isAbsorbed(step)",
        becomes: "if (step.status === 'failed') return true",
      },
      {
        rule: 'S5',
        off: 'retryFailed leaves skipped what a failed step had skipped',
        text: 'for (const step of again) for (const next of skippedBecauseOf(frame, step)) again.add(next)',
        becomes: '',
      },
      {
        rule: 'S5',
        off: 'retryFailed does not reach into child flows',
        text: 'const below = [...failed, ...open].flatMap((child) => redoIn(child, isCause))',
        becomes: 'const below: string[] = []',
      },
      {
        rule: 'X2',
        off: 'what a limit has cut off is not run again with a higher one',
        text: 'LIMITED.has(error?.code) || SKIPPED_BY_LIMIT.has(skipReason)',
        becomes: 'false',
      },
    ],
  ),
  ...inFile(
    'packages/core/src/run/fold-step.ts',
    'src/run/interrupted src/orchestrator/crashes src/orchestrator/resume',
    [
      {
        rule: 'S5',
        off: 'an interruption costs a retry',
        text: "if (!isInterruption && event.error.code !== 'quota')",
        becomes: "if (event.error.code !== 'quota')",
      },
      {
        rule: 'S5',
        off: 'interruptions are not counted',
        text: "if (state.resumedFrom === 'crash') execution.interruptions += 1",
        becomes: '',
      },
      {
        rule: 'S5',
        off: "an engine's session is forgotten",
        text: 'session = isThere ? event : undefined',
        becomes: 'session = undefined',
      },
    ],
  ),
  ...inFile(
    'packages/core/src/run/fold-run.ts',
    'src/run/gates src/run/interrupted src/run/limits src/orchestrator/resume',
    [
      {
        rule: 'L7',
        off: 'a check that was cut off is not run again',
        text: "if (step.verification !== 'started') continue",
        becomes: 'continue',
      },
      {
        rule: 'X2',
        off: 'a resume does not raise the limits',
        text: 'state.limits = { ...state.limits, ...event.limits }',
        becomes: '',
      },
      {
        rule: 'X2',
        off: 'a raised duration leaves the old one standing',
        text: 'limitTime(state.agenda, undefined, event.deadlineAt)\n  for',
        becomes: 'for',
      },
      {
        rule: 'X2',
        off: 'a raised duration leaves that of the visits standing',
        text: 'if (event.limits?.durationMs !== undefined) liftTimes(state.agenda)',
        becomes: '',
      },
    ],
  ),
  ...inFile(
    'packages/core/src/orchestrator/resume-run.ts',
    'src/orchestrator/resume src/run/edited src/orchestrator/plan-resume',
    [
      {
        rule: 'S6',
        off: 'a resume goes on although flows have changed',
        text: 'if (unrunnable.length === 0) return stored',
        becomes: 'return stored',
      },
      {
        rule: 'S6',
        off: "flow: 'stored' goes on without the functions that it needs",
        text: "flow === 'stored' ? changed.filter((change) => change.functions.length > 0) : changed",
        becomes: "flow === 'stored' ? [] : changed",
      },
      {
        rule: 'S5',
        off: 'a run that is over is resumed',
        text: 'if (state.final !== undefined && !hasWork(state, options, revisions)) throw nothingToDo(state)',
        becomes: '',
      },
      {
        rule: 'S6',
        off: 'a run that is over is said to need an edit that cannot open it',
        text: 'if (isOver && !isReopened(revise(host, state, changed))) throw nothingToDo(state)',
        becomes: '',
      },
      {
        rule: 'S5',
        off: 'a resume that fails keeps the lock of the run',
        text: '    await writer.close()\n',
        becomes: '\n',
      },
      {
        rule: 'S6',
        off: 'a step that is edited while it runs is not called off',
        text: 'return [resumed, ...interrupted, ...revisions.calledOff, ...revised]',
        becomes: 'return [resumed, ...interrupted, ...revised]',
      },
      {
        rule: 'S5',
        off: 'what was open is not closed',
        text: 'return [resumed, ...interrupted, ...revisions.calledOff, ...revised]',
        becomes: 'return [resumed, ...revisions.calledOff, ...revised]',
      },
    ],
  ),
  ...inFile(
    'packages/core/src/orchestrator/redo.ts',
    'src/orchestrator/resume src/run/edited src/orchestrator/plan-resume',
    [
      {
        rule: 'S6',
        off: 'a visit is opened again below a step that begins anew',
        text: 'if (!revisions.discarded.has(visitOf(step))) causes.set(step, cause)',
        becomes: 'causes.set(step, cause)',
      },
      {
        rule: 'X2',
        off: 'an edited limit leaves skipped what the one before had skipped',
        text: "note(revisions.limited, 'a limit held it up')",
        becomes: '',
      },
    ],
  ),
  ...inFile(
    'packages/core/src/orchestrator/revise.ts',
    'src/orchestrator/resume src/run/edited src/orchestrator/plan-resume',
    [
      {
        rule: 'S6',
        off: 'an edit that asks for other params is taken',
        text: 'checkParams(state.frames.get(id)?.params ?? {}, flow, WAY_OUT)',
        becomes: '{}',
      },
      {
        rule: 'X2',
        off: 'an edited duration gives no time',
        text: 'const durationMs = options.limits?.durationMs === undefined ? flow.limits?.durationMs : undefined',
        becomes: 'const durationMs = undefined',
      },
    ],
  ),
  ...inFile(
    'packages/core/src/orchestrator/calls/running-call.ts',
    'src/orchestrator/resume src/orchestrator/crashes src/orchestrator/hostile test/faults/injected src/orchestrator/late-calls src/run/idempotency',
    [
      {
        rule: 'S5',
        off: 'an engine is given another idempotency key for each attempt',
        text: 'this.idempotencyKey = idempotencyKeyOf(execution,',
        becomes: 'this.idempotencyKey = execution.attempt + idempotencyKeyOf(execution,',
      },
      {
        rule: 'law 5',
        off: 'a signal that is asked for after the abort does not abort',
        text: 'if (this.#abortion !== undefined) this.#controller.abort(this.#abortion.reason)',
        becomes: '',
      },
    ],
  ),
]
