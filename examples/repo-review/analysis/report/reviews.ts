/** The review of one area. */
export interface AreaReview {
  /** The area's `key`. */
  readonly area: string
  /** What the reviewer wrote, Markdown; left out when the review failed. */
  readonly text?: string
  /** Why there is none, in a few words. */
  readonly error?: string
}

/** What a critic said of the whole. */
export interface Critique {
  /** The critic's own word, such as `VERIFIED`. */
  readonly verdict: string
  /** Markdown. */
  readonly text: string
}
