/** A stretch of a source text that is no code. */
export interface Token {
  readonly start: number
  readonly end: number
  readonly kind: 'comment' | 'text'
}
