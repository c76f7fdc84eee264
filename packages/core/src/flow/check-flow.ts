/** Checks a flow from any source: reads it by the tables of fields, then lints it. */
import { frozen } from '../input/value.ts'
import type { FlowDefinition } from './definition.ts'
import { digestFlow } from './digest.ts'
import type { Flow, StepFunction } from './flow.ts'
import { readFlow } from './flow-reader.ts'
import { toFlowError } from './issue.ts'
import type { IssueList } from './issue-list.ts'
import { lintDefinition } from './lint.ts'
import type { Origins } from './origin.ts'
import type { SourceKind } from './reader.ts'

/** Where a flow comes from. */
export interface FlowSource {
  readonly kind: SourceKind
  readonly issues: IssueList
  readonly origins?: Origins
  readonly file?: string | undefined
}

interface CheckedFlow {
  /** `undefined` when the source is no object at all. */
  readonly definition: FlowDefinition | undefined
  readonly functions: ReadonlyMap<string, StepFunction>
}

/** Reads and lints a flow; what is wrong with it is in the source's issues afterwards. */
export function checkFlow(value: unknown, { kind, issues, origins }: FlowSource): CheckedFlow {
  const functions = new Map<string, StepFunction>()
  const content = readFlow(value, { path: '', source: kind, issues, origins, functions })
  if (content === undefined) return { definition: undefined, functions }
  const definition = { ...content, digest: digestFlow(content) }
  lintDefinition(definition, issues)
  return { definition, functions }
}

/** The flow of a source, frozen. Throws `flow_invalid` with everything that is wrong with it. */
export function toFlow(value: unknown, source: FlowSource): Flow {
  const { definition, functions } = checkFlow(value, source)
  const { issues, hasErrors } = source.issues
  if (definition === undefined || hasErrors) throw toFlowError(issues, source.file)
  const flow = Object.defineProperty(definition, 'functions', { value: functions })
  // The property that makes a definition a flow has just been defined.
  const made = frozen(flow) as Flow
  sources.set(made, source)
  return made
}

const sources = new WeakMap<object, FlowSource>()

/** What is known of a flow that was made here: its warnings, and the lines of its fields. */
export function sourceOf(flow: unknown): FlowSource | undefined {
  return typeof flow === 'object' && flow !== null ? sources.get(flow) : undefined
}
