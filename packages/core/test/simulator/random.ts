/** Numbers that follow from a seed alone: the same seed draws the same run on every machine. */
export interface Random {
  /** A number in [0, 1). */
  next(): number
  /** A whole number from 0 to `below` - 1. */
  int(below: number): number
  /** A whole number from `least` to `most`, both included. */
  between(least: number, most: number): number
  chance(probability: number): boolean
  /** One of a list that is not empty. */
  pick<T>(list: readonly T[]): T
  /** One of the names, as often as its weight says. */
  weighted<T extends string>(weights: Readonly<Record<T, number>>): T
  /** Some of a list, in its order. */
  some<T>(list: readonly T[], count: number): readonly T[]
  /** Numbers of its own for a part, so that a change of one part does not change the others. */
  fork(part: string): Random
}

/** Numbers of a seed. */
export function createRandom(seed: number): Random {
  const next = mulberry32(seed)
  const int = (below: number): number => Math.floor(next() * below)
  const random: Random = {
    next,
    int,
    between: (least, most) => least + int(most - least + 1),
    chance: (probability) => next() < probability,
    pick(list) {
      const index = int(list.length)
      if (index >= list.length) throw new Error('There is nothing to pick from')
      // The index lies within the list, whose members may be `undefined` themselves.
      return list[index] as (typeof list)[number]
    },
    weighted: (weights) => pickWeighted(weights, next()),
    some(list, count) {
      const chosen = new Set<number>()
      while (chosen.size < Math.min(count, list.length)) chosen.add(int(list.length))
      return list.filter((_, index) => chosen.has(index))
    },
    fork: (part) => createRandom(hashText(part, seed)),
  }
  return random
}

function pickWeighted<T extends string>(weights: Readonly<Record<T, number>>, at: number): T {
  // Object.keys forgets which keys it was given.
  const names = Object.keys(weights) as T[]
  let left = at * names.reduce((sum, name) => sum + weights[name], 0)
  for (const name of names) {
    left -= weights[name]
    if (left < 0) return name
  }
  const last = names.at(-1)
  if (last === undefined) throw new Error('There is nothing to pick from')
  return last
}

/** Tommy Ettinger's generator: small, quick, and good enough to draw tests. */
function mulberry32(seed: number): () => number {
  let state = hashText('', seed)
  return () => {
    state = (state + 0x6d2b79f5) | 0
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state)
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296
  }
}

/** FNV-1a over a text, begun with a number. */
export function hashText(text: string, start = 0): number {
  let hash = 0x811c9dc5 ^ start
  for (let index = 0; index < text.length; index += 1) {
    hash = Math.imul(hash ^ text.charCodeAt(index), 0x01000193)
  }
  hash = Math.imul(hash ^ (hash >>> 16), 0x85ebca6b)
  return (hash ^ (hash >>> 13)) >>> 0
}
