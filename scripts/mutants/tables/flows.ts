import { inFile, type Mutant } from '../mutant.ts'

/** What the linter refuses, what a source may hold, and what a navigator may propose. */
export const flows: readonly Mutant[] = [
  ...inFile('packages/core/src/flow/lint-loops.ts', 'src/flow/lint-loops src/flow/lint-waits', [
    {
      rule: 'L5',
      off: 'loop_target_not_upstream is not found',
      text: 'if (loop.body.length > 0) return true',
      becomes: 'return true',
    },
    {
      rule: 'L5',
      off: 'loop_side_entry is not found',
      text: "if (kind === 'data' || loop.holds.has(from)) continue",
      becomes: 'continue',
    },
    {
      rule: 'L5',
      off: 'loop_mixed_race is not found',
      text: 'if (outsider === undefined || insider === undefined) continue',
      becomes: 'continue',
    },
    {
      rule: 'L5',
      off: 'loops_entangled is not found',
      text: 'return shared > 0 && shared < a.body.length && shared < b.body.length',
      becomes: 'return false',
    },
    {
      rule: 'L5',
      off: 'nested loops count as entangled',
      text: 'return shared > 0 && shared < a.body.length && shared < b.body.length',
      becomes: 'return shared > 0',
    },
    {
      rule: 'F2',
      off: 'loop_no_exit is not found',
      text: 'if (isEdge || target.definition.needs?.includes(step.id)) continue',
      becomes: 'continue',
    },
  ]),
  ...inFile('packages/core/src/flow/lint-waits.ts', 'src/flow/lint-waits', [
    {
      rule: 'L5',
      off: 'loops that wait for each other are not found',
      text: 'if (loop === undefined) return\n',
      becomes: 'return\n',
    },
  ]),
  ...inFile('packages/core/src/flow/lint-starts.ts', 'src/flow/lint-starts src/flow/lint-flow', [
    {
      rule: 'fault 20',
      off: 'a cycle is not found',
      text: 'for (const cycle of cycles) reportCycle(cycle, lint)',
      becomes: '',
    },
    {
      rule: 'F1',
      off: 'no_way_in is not found',
      text: 'if (step.incoming.length === 0) {',
      becomes: 'if (step.incoming.length === 0) return certain\n  if (step.incoming.length === 0) {',
    },
    {
      rule: 'L5',
      off: 'a step that no route can reach is not found',
      text: 'if (routes.length > 0 && open.length === 0) {',
      becomes: 'if (false) {',
    },
    {
      rule: 'L5',
      off: 'a rule that waits for a terminal step is not found',
      text: 'if (dead.length + last.length < enough) return undefined',
      becomes: 'return undefined',
    },
    {
      rule: 'L5',
      off: 'a rule that waits for two arms of one branch is not found',
      text: 'if ((merged.get(from) ?? to) !== to) return undefined',
      becomes: '',
    },
  ]),
  ...inFile('packages/core/src/flow/lint-reads.ts', 'src/flow/lint-reads', [
    {
      rule: 'L5',
      off: 'a reference that cannot have run is not found',
      text: "tell(at, { code: 'reference_cannot_have_run', text })",
      becomes: '',
    },
    {
      rule: 'T1',
      off: 'a step may read what comes after it when it says ?',
      text: "if (optional && timing === 'again') return",
      becomes: 'if (optional) return',
    },
  ]),
  ...inFile('packages/core/src/flow/yaml-source.ts', 'src/flow/yaml-source src/flow/parse-flow', [
    {
      rule: 'fault 17',
      off: 'an alias bomb is unfolded',
      text: 'if (this.#values > VALUE_LIMIT) {',
      becomes: 'if (false) {',
    },
    {
      rule: 'fault 17',
      off: 'a flow file may have any size',
      text: 'if (text.length > LENGTH_LIMIT) {',
      becomes: 'if (false) {',
    },
    {
      rule: 'fault 17',
      off: 'a flow file may have any depth',
      text: 'if (depth > DEPTH_LIMIT) {',
      becomes: 'if (false) {',
    },
    {
      rule: 'fault 18',
      off: 'a key may stand twice',
      text: 'if (members.has(key)) this.#refuseTwice(key, this.#lineOf(node))\n      else',
      becomes: '',
    },
  ]),
  ...inFile('packages/core/src/flow/cel.ts', 'src/flow/condition src/run/gates', [
    {
      rule: 'L7',
      off: 'a condition on any member of a step reads its verdict',
      text: "const owner = name === 'verdict' ? memberOf(of) : {}",
      becomes: 'const owner = memberOf(of)',
    },
    {
      rule: 'L7',
      off: 'a condition on the verdict of another step reads this one',
      text: 'verdicts.has(stepId) || verdicts.has(undefined)',
      becomes: 'verdicts.size > 0',
    },
  ]),
  ...inFile('packages/core/src/flow/unique-items.ts', 'src/flow/unique-items', [
    {
      rule: 'L5',
      off: 'an item that stands twice is not looked for',
      text: 'inner.uniqueItems = found.some(({ repeats }) => repeats)',
      becomes: 'inner.uniqueItems = false',
    },
    {
      rule: 'law 5',
      off: 'a list that may repeat itself counts as one that may not',
      text: '[...(applied?.get(inner) ?? [])].flatMap((node) => lists.get(node) ?? [])',
      becomes: '[...lists.values()]',
    },
  ]),
  ...inFile('packages/core/src/flow/schema.ts', 'src/flow/schema', [
    {
      rule: 'fault 17',
      off: 'a value may be deeper than the validator can follow',
      text: 'if (isDeeper(value, VALUE_DEPTH)) return',
      becomes: 'if (false) return',
    },
  ]),
  ...inFile('packages/core/src/run/judge-route.ts', 'src/run/navigation', [
    {
      rule: 'N1',
      off: 'a navigator loops beyond the bound',
      text: 'if (loop.rearms < loop.maxIterations) return []',
      becomes: 'return []',
    },
    {
      rule: 'N1',
      off: 'a navigator leads back to a step that has begun',
      text: "if (standing === 'pending') return []",
      becomes: 'if (standing !== undefined) return []',
    },
    {
      rule: 'N1',
      off: 'a navigator puts a flow in beyond the depth',
      text: '...(below <= limit',
      becomes: '...(true',
    },
  ]),
  ...inFile('packages/core/src/run/judge-growth.ts', 'src/run/navigation', [
    {
      rule: 'N1',
      off: 'a navigator adds as many steps as it likes',
      text: 'if (all <= limit) return []',
      becomes: 'return []',
    },
    {
      rule: 'N1',
      off: 'a navigator brings code',
      text: "step.kind === 'function' || (step.kind === 'map'",
      becomes: "false && (step.kind === 'map'",
    },
    {
      rule: 'N1',
      off: 'a navigator changes what has begun',
      text: "flow.steps.filter(({ id }) => steps[id] !== 'pending')",
      becomes: 'flow.steps.filter(() => false)',
    },
  ]),
]
