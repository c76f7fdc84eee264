import { inFile, type Mutant } from '../mutant.ts'

/** What a resume repeats, what it reuses, and when it refuses. */
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
        text: 'const below = children.flatMap((child) => redoIn(child, isCause))',
        becomes: 'const below: string[] = []',
      },
      {
        rule: 'X2',
        off: 'what a limit has cut off is not run again with a higher one',
        text: "step.status === 'skipped' && SKIPPED_BY_LIMIT.has(step.skipReason)",
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
        text: 'if (!isInterruption) {\n      execution.retries += 1',
        becomes: 'if (true) {\n      execution.retries += 1',
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
        text: "(timer) => timer.kind !== 'duration' || timer.frame !== undefined,",
        becomes: '() => true,',
      },
    ],
  ),
  ...inFile('packages/core/src/run/content-key.ts', 'src/run/content-key src/run/revision src/run/edited', [
    {
      rule: 'S6',
      off: 'the definition is not in the content key',
      text: '${digestStep(step.place.definition)} ',
      becomes: '',
    },
    {
      rule: 'S6',
      off: 'the params are not in the content key',
      text: ' ${paramsDigest(frame)} ',
      becomes: ' ',
    },
    {
      rule: 'S6',
      off: 'the engine is not in the content key',
      text: "${inputs.engine ?? ''} ",
      becomes: '',
    },
    {
      rule: 'S6',
      off: 'the model is not in the content key',
      text: " ${inputs.model ?? ''}`",
      becomes: '`',
    },
    {
      rule: 'S6',
      off: 'the item is not in the content key',
      text: 'if (item !== undefined) text +=',
      becomes: 'if (false) text +=',
    },
    {
      rule: 'S6',
      off: 'what references resolved to is not in the content key',
      text: 'if (inputs.inputDigests !== undefined) text +=',
      becomes: 'if (false) text +=',
    },
    {
      rule: 'S6',
      off: 'the keys of the steps before are not in the content key',
      text: 'for (const id of sources) text += keyOf(frame, id)',
      becomes: '',
    },
    {
      rule: 'S6',
      off: 'the key of a race depends on those that did not win it',
      text: "if (winner === undefined || kind === 'route' || id === winner) ids.push(id)",
      becomes: 'ids.push(id)',
    },
  ]),
  ...inFile('packages/core/src/flow/digest.ts', 'src/flow/flow-digest src/run/content-key', [
    {
      rule: 'S6',
      off: 'the documentation of a step is in its digest',
      text: 'const { title, description, teaching, notes, ...content } = step',
      becomes: 'const { ...content } = step',
    },
    {
      rule: 'S6',
      off: 'a digest depends on the order of members',
      text: 'Object.keys(value).sort()',
      becomes: 'Object.keys(value)',
    },
  ]),
  ...inFile(
    'packages/core/src/orchestrator/resume-run.ts',
    'src/orchestrator/resume src/run/edited src/orchestrator/plan-resume',
    [
      {
        rule: 'S6',
        off: 'a resume goes on although flows have changed',
        text: 'if (unrunnable.length === 0) return revise(host, state, [])',
        becomes: 'return revise(host, state, [])',
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
        text: 'if (state.final !== undefined && !hasWork) throw nothingToDo(state)',
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
    'packages/core/src/orchestrator/changed-flows.ts',
    'src/run/edited src/orchestrator/resume src/orchestrator/plan-resume',
    [
      {
        rule: 'S6',
        off: 'a change of a flow is not noticed',
        text: 'if (current?.digest === stored.digest) return []',
        becomes: 'if (current !== undefined) return []',
      },
      {
        rule: 'S6',
        off: 'a function with another version is the same',
        text: "nowInner?.kind === 'function' && nowInner.version === inner.version",
        becomes: "nowInner?.kind === 'function'",
      },
    ],
  ),
  ...inFile(
    'packages/core/src/run/revision.ts',
    'src/run/revision src/run/edited src/run/revised src/run/stops-and-edits',
    [
      {
        rule: 'S6',
        off: 'a step with another definition is reused',
        text: "return 'definition changed'",
        becomes: 'return undefined',
      },
      {
        rule: 'S6',
        off: 'a step is reused although one before it runs again',
        text: 'if (changed !== undefined) return `"${changed}" runs again`',
        becomes: 'if (changed !== undefined) return undefined',
      },
      {
        rule: 'S6',
        off: 'a step with another content key is reused',
        text: "return key === recorded ? undefined : 'engine, model or edges changed'",
        becomes: 'return undefined',
      },
      {
        rule: 'S6',
        off: 'a visit that ended well is opened again by an edit',
        text: "if (frame.outcome !== 'failed') return false",
        becomes: '',
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
