import type { Churn } from '../facts.ts'
import type { LoggedCommit } from './log.ts'
import type { Renames } from './renames.ts'

/** Counts how often each file that still exists was changed. Fed with commits, newest first. */
export interface ChurnCounter {
  /** Adds a commit; answers with the present names of the files that it touched. */
  add(commit: LoggedCommit): readonly string[]
  churn(): ReadonlyMap<string, Churn>
}

/** Starts with nothing counted. */
export function createChurnCounter(renames: Renames): ChurnCounter {
  const tallies = new Map<string, Tally>()
  return {
    add({ author, changes }) {
      const touched = changes.flatMap(({ path, insertions, deletions }) => {
        const name = renames.present(path)
        if (name === undefined) return []
        const tally = tallyOf(tallies, name)
        tally.commits++
        tally.insertions += insertions
        tally.deletions += deletions
        tally.authors.add(author)
        return [name]
      })
      renames.learn(changes.flatMap(({ from, path }) => (from === undefined ? [] : [{ from, to: path }])))
      return touched
    },
    churn() {
      return new Map([...tallies].map(([path, tally]) => [path, { ...tally, authors: tally.authors.size }]))
    },
  }
}

interface Tally {
  commits: number
  insertions: number
  deletions: number
  readonly authors: Set<string>
}

function tallyOf(tallies: Map<string, Tally>, name: string): Tally {
  const known = tallies.get(name)
  if (known !== undefined) return known
  const tally = { commits: 0, insertions: 0, deletions: 0, authors: new Set<string>() }
  tallies.set(name, tally)
  return tally
}
