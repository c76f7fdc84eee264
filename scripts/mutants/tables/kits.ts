import { inFile, type Mutant } from '../mutant.ts'

/** What the kits would overlook. */
export const kits: readonly Mutant[] = [
  ...inFile('packages/testkit/src/journal/attempt-rule.ts', 'src/journal', [
    {
      rule: 'S5',
      off: 'the kit overlooks a step that runs again after it succeeded',
      text: "else if (record !== undefined && record.state !== 'retrying')",
      becomes: 'else if (false)',
    },
    {
      rule: 'E3',
      off: 'the kit overlooks an attempt that ends twice',
      text: '  if (isOpen) return SOUND\n',
      becomes: '  return SOUND\n',
    },
    {
      rule: 'L3',
      off: 'the kit overlooks an iteration that nothing re-armed',
      text: 'if (event.iteration > 1 && !rearmed.has(',
      becomes: 'if (false && !rearmed.has(',
    },
  ]),
]
