/** A function in a text. */
export interface FoundFunction {
  readonly name: string
  /** 1-based line on which it begins. */
  readonly line: number
  readonly lines: number
  /** Blocks and functions within each other, inside it. */
  readonly depth: number
}
