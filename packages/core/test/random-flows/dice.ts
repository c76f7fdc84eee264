/** Draws that depend on a seed alone. */
export interface Dice {
  /** 0 to limit − 1. */
  below(limit: number): number
  /** True with a probability. */
  chance(probability: number): boolean
  pick<T>(members: readonly [T, ...T[]]): T
}

/** Mulberry32: small, and good enough to draw flows. */
export function createDice(seed: number): Dice {
  let state = seed >>> 0
  const next = (): number => {
    state = (state + 0x6d2b79f5) >>> 0
    let mixed = Math.imul(state ^ (state >>> 15), state | 1)
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61)
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296
  }
  return {
    below: (limit) => Math.floor(next() * limit),
    chance: (probability) => next() < probability,
    pick: (members) => members[Math.floor(next() * members.length)] ?? members[0],
  }
}

/** A number that depends on a text alone. */
export function hash(text: string): number {
  let state = 2_166_136_261
  for (const character of text) state = Math.imul(state ^ (character.codePointAt(0) ?? 0), 16_777_619)
  return state >>> 0
}
