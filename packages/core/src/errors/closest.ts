/** The candidate that a misspelt name most likely meant, or `undefined` when none is near. */
export function closest(name: string, candidates: Iterable<string>): string | undefined {
  let best: string | undefined
  // A hint that shares no letter with the name would only puzzle.
  let bestDistance = Math.min(Math.max(2, Math.floor(name.length / 3)), name.length - 1) + 1
  for (const candidate of candidates) {
    const distance = editDistance(name.toLowerCase(), candidate.toLowerCase())
    if (distance < bestDistance) {
      best = candidate
      bestDistance = distance
    }
  }
  return best
}

/** ` Did you mean "x"?` with its leading space, or nothing: made to be appended to a message. */
export function didYouMean(name: string, candidates: Iterable<string>): string {
  const near = closest(name, candidates)
  return near === undefined ? '' : ` Did you mean "${near}"?`
}

const LISTED = 12

/** As {@link didYouMean}, and when none is near, what there is: ` Known are a, b.` */
export function knownHint(name: string, candidates: Iterable<string>): string {
  const all = [...candidates]
  const listed = all.slice(0, LISTED).join(', ') || 'none'
  const more = all.length > LISTED ? ` and ${all.length - LISTED} more` : ''
  return didYouMean(name, all) || ` Known are ${listed}${more}.`
}

function editDistance(a: string, b: string): number {
  let previous = Array.from({ length: b.length + 1 }, (_, column) => column)
  for (let row = 1; row <= a.length; row++) {
    const current = [row]
    for (let column = 1; column <= b.length; column++) {
      const substitution = (previous[column - 1] ?? 0) + (a[row - 1] === b[column - 1] ? 0 : 1)
      current.push(Math.min(substitution, (previous[column] ?? 0) + 1, (current[column - 1] ?? 0) + 1))
    }
    previous = current
  }
  return previous[b.length] ?? 0
}
