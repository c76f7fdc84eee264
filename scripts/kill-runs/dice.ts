/** Whole numbers that depend on a seed alone. */
export interface Dice {
  /** 0 to limit − 1. */
  below(limit: number): number
}

/** Mulberry32: small, and good enough to pick moments. */
export function createDice(seed: number): Dice {
  let state = seed >>> 0
  return {
    below(limit) {
      state = (state + 0x6d2b79f5) >>> 0
      let mixed = Math.imul(state ^ (state >>> 15), state | 1)
      mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61)
      return Math.floor((((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296) * limit)
    },
  }
}
