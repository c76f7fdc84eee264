import type { StepEngine } from '@batonjs/core'
import type { EngineCasesOptions } from '@batonjs/testkit'
import type { ToolUse, Vendor } from '@batonjs/vendor-server'
import type { CaseKey } from '../cases/case.ts'
import type { Place } from '../stage/place.ts'

/** A way to run an agent: a real CLI or SDK behind one of Baton's engines. A column of the table. */
export interface Target {
  readonly key: string
  /** Heads its column. */
  readonly title: string
  /** Whose API its vendor speaks. */
  readonly vendor: Vendor
  /** What is not installed; `undefined` when all is. */
  missing(): string | undefined
  /** Makes the engine, with an environment of its own. */
  createEngine(place: Place): StepEngine
  /** How the model asks for a file. */
  writes(path: string, content: string): ToolUse
  /** How the model asks for a shell command. */
  shells(command: string): ToolUse
  /** Whether the engine tells what a call cost. */
  readonly isPriced: boolean
  /** Whether a call has a session from its begin, not only once it has used a tool. */
  readonly hasSessionAtOnce: boolean
  /** Whether a conversation goes on after the process that led it was killed. */
  readonly continues: boolean
  /** Why a case cannot be, by case. */
  readonly cannot: Readonly<Partial<Record<CaseKey, string>>>
  /** Promises of the kit that cannot be kept, with the reason. */
  readonly kitSkips: NonNullable<EngineCasesOptions['skip']>
  /** What else a reader of the table should know of a case, by case. */
  readonly remarks: Readonly<Partial<Record<CaseKey, string>>>
}
