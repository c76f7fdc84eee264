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
  ...inFile('packages/core/src/orchestrator/checks.ts', 'src/run/gates', [
    {
      rule: 'L7',
      off: 'a condition on the verdict of another step reads this one',
      text: '(readsAllSteps || steps.includes(id))',
      becomes: 'true',
    },
  ]),
]
