/**
 * What calls may take (rule B3): on a request all of a run, on a flow those of one visit, on a step those of one
 * execution: of an agent step all its attempts, of a flow or map step all that is below it.
 */
export interface Budget {
  /** US dollars. @default no bound */
  readonly costUsd?: number
  /** Tokens, in and out. @default no bound */
  readonly tokens?: number
  /**
   * What becomes of calls whose price nobody knows, under `costUsd`: `refuse` makes none of an engine that tells no
   * price, and charges one that was to tell it with all that it reserved; `allow` counts their cost as nothing.
   * @default 'refuse'
   */
  readonly unpriced?: 'refuse' | 'allow'
}
