import type { JsonValue } from './json.ts'

/** Where a step goes after it succeeded (rules L1 to L3). @source A2.1 */
export type Routing = LinearRouting | MicroloopRouting | BranchRouting | TerminalRouting

/** Goes to `next`, or on in a sequence. */
export interface LinearRouting {
  readonly kind: 'linear'
  readonly next?: string
}

/** Goes back to `loopTarget` until the verdict is a success (rule L2). */
export interface MicroloopRouting {
  readonly kind: 'microloop'
  readonly loopTarget: string
  readonly next?: string
  /** What is compared: a field of data, handoff or front matter; `status` is also what a check sets. @default the verdict */
  readonly field?: string
  /** @default ['VERIFIED'] */
  readonly successValues?: readonly string[]
  /** Re-arms; the body runs at most one time more. @default 3 */
  readonly maxIterations?: number
  /** Equal evidence this many times in a row ends the loop. @default 3 */
  readonly stallAfter?: number
}

/** Goes to the first case that holds, else to `default`. */
export interface BranchRouting {
  readonly kind: 'branch'
  readonly cases: readonly BranchCase[]
  readonly default?: string
  /** Bound of the cases that point back. @default 3 */
  readonly maxIterations?: number
}

/** One case of a branch: a CEL condition, or a comparison of a field. */
export type BranchCase = ConditionCase | FieldCase

/** Holds when the CEL expression is true. */
export interface ConditionCase {
  readonly when: string
  readonly next: string
}

/** Holds when the field compares; exact, case-insensitive, never by substring (rule L6). */
export interface FieldCase {
  /** A field of data, handoff or front matter; `status` is also what a check sets. @default the verdict */
  readonly field?: string
  /** @default 'equals' */
  readonly operator?: 'equals' | 'not_equals' | 'in' | 'not_in' | 'contains'
  readonly value: JsonValue
  readonly next: string
}

/** Ends the flow visit: nothing new starts, running steps finish. */
export interface TerminalRouting {
  readonly kind: 'terminal'
}
