import { inFile, type Mutant } from '../mutant.ts'

/** What an edited flow keeps, and what it runs again. */
export const edits: readonly Mutant[] = [
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
    'src/run/revision src/run/edited src/run/revised src/run/stops-and-edits src/orchestrator/plan-resume',
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
        off: 'a step is reused although the flow that it ran is edited',
        text: 'if (below !== undefined) return below',
        becomes: '',
      },
      {
        rule: 'S6',
        off: 'a visit that an edit has done away with is looked for',
        text: 'return above?.child !== frame || ',
        becomes: 'return ',
      },
      {
        rule: 'F4',
        off: 'what a failure that stays keeps skipped is said to run again',
        text: ' || staysSkipped(comparison)',
        becomes: '',
      },
    ],
  ),
]
