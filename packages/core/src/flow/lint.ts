/**
 * The linter (rule L5) finds everything that can be known to be wrong with a flow before it runs. It works on
 * flows that are faulty already: an unknown name is reported once, and the rest is looked at without it.
 */
import type { FlowDefinition } from './definition.ts'
import { compileFlow, type FlowGraph } from './graph.ts'
import type { FlowIssue, FlowIssueCode } from './issue.ts'
import type { IssueList } from './issue-list.ts'
import { lintArtifacts } from './lint-artifacts.ts'
import { lintLoops } from './lint-loops.ts'
import { lintNames } from './lint-names.ts'
import { lintReads } from './lint-reads.ts'
import { lintStarts } from './lint-starts.ts'

/** Something that a lint found. */
export interface LintFinding {
  readonly code: FlowIssueCode
  /** Index of the step; left out for the flow as a whole. */
  readonly step?: number
  readonly field?: string
  readonly text: string
  readonly severity?: FlowIssue['severity']
}

/** What a lint is given. */
export interface Lint {
  readonly graph: FlowGraph
  readonly report: (finding: LintFinding) => void
  /** Whether the edges of a step are faulty already, so that what follows from that is not reported as well. */
  readonly isUnsure: (step: number) => boolean
}

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
