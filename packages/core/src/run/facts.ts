/** My job: the blackboard: what the entries of a key amount to. @source B1 */

import type { FactView } from '../engine/context.ts'
import type { FactEntry, FactInput } from '../events/envelope.ts'
import { canonicalJson } from '../flow/digest.ts'
import type { RunState } from './state.ts'

/** The entry of highest confidence, the newest of equals. */
export function bestFact(entries: readonly FactEntry[]): FactEntry | undefined {
  return entries.reduce<FactEntry | undefined>(
    (best, entry) => (best === undefined || entry.confidence >= best.confidence ? entry : best),
    undefined,
  )
}

/** A key as it stands, or `undefined` when nobody has stated it. */
export function viewFact(state: RunState, key: string): FactView | undefined {
  const entries = state.facts.get(key)
  const best = entries === undefined ? undefined : bestFact(entries)
  if (entries === undefined || best === undefined) return undefined
  return { key, best, entries: [...entries], conflict: isConflict(entries) }
}

/** Whether the authors' latest values differ. */
export function isConflict(entries: readonly FactEntry[]): boolean {
  const latest = new Map(entries.map((entry) => [entry.author, canonicalJson(entry.value)]))
  return new Set(latest.values()).size > 1
}

/** The entries that new facts become. */
export function toEntries(
  state: RunState,
  facts: readonly FactInput[],
  author: string,
): readonly FactEntry[] {
  return facts.map((fact, index) => ({
    key: fact.key,
    value: fact.value,
    author,
    confidence: fact.confidence ?? 1,
    evidence: fact.evidence ?? [],
    version: state.factVersion + index + 1,
  }))
}

/** The keys among new entries that then hold more than one value. */
export function conflictsOf(state: RunState, entries: readonly FactEntry[]): readonly string[] {
  const keys = [...new Set(entries.map((entry) => entry.key))]
  return keys.filter((key) => {
    const added = entries.filter((entry) => entry.key === key)
    return isConflict([...(state.facts.get(key) ?? []), ...added])
  })
}
