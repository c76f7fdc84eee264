import { aiSdk } from './ai.ts'
import type { Target } from './target.ts'

/** The columns of the table. */
export const TARGETS: readonly Target[] = [aiSdk]

/** A target by its key. */
export function targetOf(key: string): Target {
  const target = TARGETS.find((it) => it.key === key)
  if (target === undefined) throw new Error(`No target "${key}"`)
  return target
}
