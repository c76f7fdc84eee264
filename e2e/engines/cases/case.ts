import type { Stage } from '../stage/stage.ts'

/** Every case, in the order of the table. */
export const CASE_KEYS = [
  'text',
  'tool',
  'approved',
  'rejected',
  'structured',
  'repaired',
  'auth',
  'rate-limit',
  'overloaded',
  'broken-stream',
  'hang',
  'cancel',
  'kill',
  'long-line',
  'kit',
] as const

/** Names a case; scripts of the vendor server know it by this. */
export type CaseKey = (typeof CASE_KEYS)[number]

/** What every engine must get right. A row of the table. */
export interface Case {
  readonly key: CaseKey
  /** A fact, in the present tense. */
  readonly title: string
  /** Throws when it is not so. */
  run(stage: Stage): Promise<void>
}
