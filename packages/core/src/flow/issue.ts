/** What can be wrong with a flow, as data: for the terminal, an editor, a program. */
import { FlowError } from '../errors/swarm-error.ts'

/** Every code of a {@link FlowIssue}; `docs/errors.md` has cause and way out of each. */
export type FlowIssueCode =
  // The source text
  | 'source_invalid'
  | 'source_too_large'
  | 'source_too_deep'
  | 'duplicate_key'
  | 'tag_refused'
  // A field by itself
  | 'missing_field'
  | 'unknown_field'
  | 'field_not_applicable'
  | 'wrong_type'
  | 'value_not_allowed'
  | 'no_effect'
  | 'invalid_id'
  | 'reserved_id'
  | 'schema_invalid'
  | 'condition_invalid'
  | 'reference_invalid'
  | 'missing_function'
  | 'function_in_yaml'
  // Steps together
  | 'duplicate_id'
  | 'artifact_name_taken'
  | 'unknown_step'
  | 'cycle'
  | 'no_way_in'
  | 'unreachable_step'
  | 'rule_never_fires'
  | 'loop_no_exit'
  | 'loop_target_not_upstream'
  | 'loop_side_entry'
  | 'loop_mixed_race'
  | 'loops_entangled'
  // What texts and conditions read
  | 'reference_cannot_have_run'
  | 'reads_beside'
  | 'winner_without_race'
  | 'item_outside_map'
  | 'unknown_param'
  | 'looks_like_reference'
  // Flows together
  | 'duplicate_flow'
  | 'unknown_flow'
  | 'unknown_engine'

/** One thing that is wrong, or looks wrong, with a flow (rule L5). */
export interface FlowIssue {
  readonly code: FlowIssueCode
  /** What, the value, and the way out. */
  readonly message: string
  /** Key of the flow; its file, or '?', as long as it has none. */
  readonly flow: string
  readonly step?: string
  /** As the source spells it, such as `routing.loop_target`. */
  readonly field?: string
  /** 1-based line of the YAML source. */
  readonly line?: number
  /** Only errors keep a flow from being made. */
  readonly severity: 'error' | 'warning'
}

/** A {@link FlowError} `flow_invalid` with one issue a line; `details` holds them all. */
export function toFlowError(issues: readonly FlowIssue[], file?: string): FlowError {
  const errors = issues.filter(({ severity }) => severity === 'error')
  const lines = errors.map((issue) => `${placeOf(issue, file)}${issue.message} [${issue.code}]`)
  return new FlowError(lines.join('\n'), { code: 'flow_invalid', details: issues })
}

function placeOf({ line }: FlowIssue, file: string | undefined): string {
  if (file === undefined) return line === undefined ? '' : `line ${line}: `
  return line === undefined ? `${file}: ` : `${file}:${line}: `
}
