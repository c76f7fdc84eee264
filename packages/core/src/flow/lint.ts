/**
 * The linter (rule L5) finds everything that can be known to be wrong with a flow before it runs. It works on
 * flows that are faulty already: an unknown name is reported once, and the rest is looked at without it.
 */
import type { FlowDefinition } from './definition.ts'
import { compileFlow } from './graph.ts'
import type { IssueList } from './issue-list.ts'
import { lintArtifacts } from './lint-artifacts.ts'
import type { Lint } from './lint-finding.ts'
import { lintLoops } from './lint-loops.ts'
import { lintNames } from './lint-names.ts'
import { lintReads } from './lint-reads.ts'
import { lintStarts } from './lint-starts.ts'

/** Reports what is wrong with the steps of a flow together. */
export function lintDefinition(definition: FlowDefinition, issues: IssueList): void {
  const lint: Lint = {
    graph: compileFlow(definition),
    report: ({ step, field, ...finding }) => issues.report({ ...finding, path: pathOf(step, field) }),
    isUnsure: (step) => issues.unsureSteps.has(step),
  }
  lintNames(lint)
  lintArtifacts(lint)
  lintLoops(lint)
  lintStarts(lint)
  lintReads(lint)
}

function pathOf(step: number | undefined, field = ''): string {
  if (step === undefined) return field
  return field === '' ? `steps[${step}]` : `steps[${step}].${field}`
}
