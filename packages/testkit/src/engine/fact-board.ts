import type { FactBoard, FactEntry, FactView } from '@batonjs/core'

/** A blackboard whose entries a test can read. */
export interface RecordingFactBoard extends FactBoard {
  readonly entries: readonly FactEntry[]
}

/** A blackboard in memory on which one author writes. */
export function createFactBoard(author: string): RecordingFactBoard {
  const entries: FactEntry[] = []
  const view = (key: string) => toView(entries.filter((entry) => entry.key === key))
  return {
    entries,
    async put(facts) {
      for (const { key, value, confidence = 1, evidence = [] } of [facts].flat()) {
        entries.push({ key, value, author, confidence, evidence, version: entries.length + 1 })
      }
    },
    get: async (key) => view(key),
    async list() {
      const keys = new Set(entries.map(({ key }) => key))
      return [...keys]
        .sort()
        .map(view)
        .filter((one) => one !== undefined)
    },
  }
}

function toView(entries: readonly FactEntry[]): FactView | undefined {
  const [first, ...rest] = entries
  if (first === undefined) return undefined
  const best = rest.reduce((one, other) => (other.confidence >= one.confidence ? other : one), first)
  // With one author the latest values cannot differ.
  return { key: first.key, best, entries, conflict: false }
}
