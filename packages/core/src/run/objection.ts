/** My job: why a navigator's proposal cannot be followed, as data (rule N1). */

/** One thing to object to in a proposal. */
export interface NavigationObjection {
  /** Listed in `docs/errors.md`; a code of the linter when the flow that would come of it is wrong. */
  readonly code: string
  readonly message: string
}

/** Everything to object to in a part of a proposal. */
export type Objections = readonly NavigationObjection[]

/** One objection. */
export function object(code: string, message: string): Objections {
  return [{ code, message }]
}
