/** What the lints of a flow are given, and what they report. */
import type { FlowGraph } from './graph.ts'
import type { FlowIssue, FlowIssueCode } from './issue.ts'

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
