import type { StepScope } from '../events/envelope.ts'
import type { ProposedActionContent } from '../events/request-events.ts'

/**
 * What the agents of a host may do without asking (law 7). Each call of `approve` by an engine is looked at:
 * `deny`, then `decide`, then `allow`, then `otherwise`. What the policy decides is recorded like a human's answer,
 * `by: 'policy'`.
 */
export interface PermissionPolicy {
  /** Names of actions, such as tools, that are allowed. `*` stands for any characters. @default none */
  readonly allow?: readonly string[]
  /** Names that are refused, whatever else is said. @default none */
  readonly deny?: readonly string[]
  /**
   * Looks at the action itself: `undefined` leaves it to the lists. Called once for each request that is new, not
   * for one that a crash has left open. A throw asks a human. @default none
   */
  readonly decide?: (
    action: ProposedActionContent,
    scope: StepScope & { readonly runId: string },
  ) => PermissionDecision | undefined
  /** What becomes of everything else. @default 'ask' */
  readonly otherwise?: PermissionDecision
}

/** Done, refused, or shown to a human. */
export type PermissionDecision = 'allow' | 'deny' | 'ask'

/**
 * The lists of a {@link PermissionPolicy}, for an agent that can be told of them beforehand. Of a policy with a `decide`
 * they allow nothing: that looks at each action first.
 */
export type PermissionLists = Required<Omit<PermissionPolicy, 'decide'>>
