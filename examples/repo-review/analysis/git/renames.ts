/**
 * Follows files back through their renames. History is read from the newest commit to the oldest, so a
 * rename tells what the older commits called a file that we know by its present name.
 */
export interface Renames {
  /** The present name of what a commit calls `path`, or `undefined` when that file is gone. */
  present(path: string): string | undefined
  /** Learns the renames of one commit, after its own changes were looked up. */
  learn(renames: readonly { readonly from: string; readonly to: string }[]): void
}

/** Starts at the head, where every tracked file has its present name. */
export function createRenames(tracked: ReadonlySet<string>): Renames {
  const names = new Map<string, string | undefined>()
  const present = (path: string) => (names.has(path) ? names.get(path) : tracked.has(path) ? path : undefined)
  return {
    present,
    learn(renames) {
      const targets = renames.map(({ to }) => present(to))
      // Before its rename the new name stood for another file, if for any; a swap sets it again below.
      for (const { to } of renames) names.set(to, undefined)
      renames.forEach(({ from }, index) => {
        names.set(from, targets[index])
      })
    },
  }
}
