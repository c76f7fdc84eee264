import { inFile, type Mutant } from '../mutant.ts'

/** What is refused or warned of because it would do nothing, or other things than it seems. */
export const refusals: readonly Mutant[] = [
  ...inFile('packages/core/src/flow/step-fields.ts', 'src/flow/field', [
    {
      rule: 'M1',
      off: 'checks of an item step are taken and never made',
      text: 'verify: on(stepKinds, verify, ofTheMap)',
      becomes: 'verify: on(stepKinds, verify)',
    },
  ]),
  ...inFile('packages/core/src/flow/step-combinations.ts', 'src/flow/field', [
    {
      rule: 'H1',
      off: 'a default without a deadline is taken',
      text: "['onDeadline', ({ deadlineMs }) => deadlineMs === undefined,",
      becomes: "['onDeadline', () => false,",
    },
    {
      rule: 'M1',
      off: 'a map that calls no engine may name one',
      text: "return kind === 'map' && isHolder(step) &&",
      becomes: 'return false &&',
    },
  ]),
  ...inFile('packages/core/src/flow/lint-loops.ts', 'src/flow/field src/flow/lint-loops', [
    {
      rule: 'L3',
      off: 'a branch that points nowhere back may have a bound',
      text: "if (routing?.kind !== 'branch' || routing.maxIterations === undefined) return",
      becomes: 'return',
    },
  ]),
  ...inFile('packages/core/src/flow/lint-reads.ts', 'src/flow/lint-reads', [
    {
      rule: 'L5',
      off: 'an optional reference to a step beside is not warned of',
      text: 'if (optional && timing === \'beside\') return tellBeside(`"${source}"`, at)',
      becomes: "if (optional && timing === 'beside') return",
    },
    {
      rule: 'L5',
      off: 'a condition on a step beside is not warned of',
      text: "if (timing === 'beside') return tellBeside(`steps.${id}`, at)",
      becomes: '',
    },
    {
      rule: 'L5',
      off: 'what follows counts as beside',
      text: '!ancestry.leadsTo(step.index, other.index)',
      becomes: 'true',
    },
  ]),
  ...inFile('packages/core/src/flow/lint-artifacts.ts', 'src/flow/lint-artifacts', [
    {
      rule: 'J4',
      off: 'two steps whose files have one name are not warned of',
      text: 'if (owner === id) continue',
      becomes: 'continue',
    },
  ]),
  ...inFile('packages/core/src/flow/verdict-field.ts', 'src/run/gates src/prompt/compose', [
    {
      rule: 'L7',
      off: 'the field status does not see what a failed check sets',
      text: "field === 'verdict' || field === 'status'",
      becomes: "field === 'verdict'",
    },
  ]),
  ...inFile('packages/core/src/orchestrator/checks.ts', 'src/run/gates', []),
  ...inFile('packages/core/src/input/shape.ts', 'src/input src/orchestrator/manifest', [
    {
      rule: 'X2',
      off: 'a limit of a request may be negative or no number',
      text: '(value) => isWhole(value) && value >= 1',
      becomes: '() => true',
    },
    {
      rule: 'law 6',
      off: 'whatever has an event to listen to passes as a signal',
      text: "isListened && typeof Reflect.get(value, 'aborted') === 'boolean'",
      becomes: 'isListened',
    },
  ]),
  ...inFile('packages/core/src/input/problems.ts', 'src/input src/orchestrator/doors', [
    {
      rule: 'law 6',
      off: 'an option that nobody knows is passed over',
      text: 'if (!open) yield* strangers(value, Object.keys(members).map(toName), path)',
      becomes: '',
    },
    {
      rule: 'law 6',
      off: 'two engines may have one id',
      text: 'if (distinct !== undefined) yield* inTwins(value, distinct, path)',
      becomes: '',
    },
  ]),
  ...inFile(
    'packages/core/src/orchestrator/missing-engines.ts',
    'src/orchestrator/missing-engines src/orchestrator/plan-resume',
    [
      {
        rule: 'law 6',
        off: 'a run is taken up for which an engine is missing',
        text: 'engine === undefined || !host.engines.has(engine)',
        becomes: 'false',
      },
      {
        rule: 'S5',
        off: 'what has ended asks for its engine again',
        text: "const TO_DO: ReadonlySet<ExecutionStatus> = new Set(['pending',",
        becomes: "const TO_DO: ReadonlySet<ExecutionStatus> = new Set(['succeeded', 'pending',",
      },
      {
        rule: 'law 6',
        off: 'the engine of a step that a loop may lead back to is not asked for',
        text: ' || step.place.loops.some((loop) => !hasExited(frame, loop))',
        becomes: '',
      },
      {
        rule: 'law 6',
        off: 'the engines of flows to come are not asked for',
        text: 'const listed = manifest.flows.slice(journey.position + 1)',
        becomes: 'const listed = manifest.flows.slice(0, 0)',
      },
      {
        rule: 'law 6',
        off: 'the engines of what runs again are not asked for',
        text: 'const isAgain = again.has(name)',
        becomes: 'const isAgain = false',
      },
    ],
  ),
]
