import type { Handoff } from '../events/envelope.ts'
import type { RoutingDecision } from '../events/routing-events.ts'
import type { FlowDefinition, StepDefinition } from '../flow/definition.ts'
import type { JsonObject } from '../flow/json.ts'

/**
 * The port of whoever may lead a run off its golden path (rule N1): a model, a rule set, a person. It only
 * proposes: core validates the proposal, records the decision, and then does it. `createOrchestrator` takes none
 * yet and does what {@link GoldenPath} says. @source A7.5, A7.6
 */
export interface Navigator {
  /** The version of this port. */
  readonly specVersion: 1
  /** kebab-case, such as `spec`; the `source` of the routing decisions that it makes. */
  readonly id: string
  /**
   * Answers where a run goes after a step has succeeded. Called at least once for each question: when the
   * process dies before the decision is recorded it is asked again, with the same `idempotencyKey`. A throw, an
   * answer that is too late and a proposal that is refused are recorded as `navigator_failed`, and the run
   * goes on as `golden` says.
   */
  navigate(
    question: NavigationQuestion,
    context: NavigationContext,
  ): NavigationProposal | Promise<NavigationProposal>
}

/** What a navigator is given beside the question. */
export interface NavigationContext {
  /** Aborts when the answer would come too late. */
  readonly signal: AbortSignal
}

/** Where a step that has succeeded may lead. */
export interface NavigationQuestion {
  readonly runId: string
  readonly flowKey: string
  readonly visit: number
  readonly frame: string
  /** The step that has succeeded. */
  readonly stepId: string
  readonly iteration: number
  /** The same for every time that this question is asked. */
  readonly idempotencyKey: string
  /** The flow as this visit sees it: with the steps that were added to it. */
  readonly flow: FlowDefinition
  /** What the spec would do. */
  readonly golden: GoldenPath
  /** Where every step of the visit stands. */
  readonly steps: Readonly<Record<string, StepStanding>>
  /** The loops that the step decides. */
  readonly loops: readonly LoopStanding[]
  /** What the step hands over. */
  readonly handoff?: Handoff
  /** The catalogue of detours. @source A7.7 sidequests */
  readonly detours: readonly Detour[]
  /** Keys of the flows that may be put in. */
  readonly flows: readonly string[]
  /** 0 for a flow of the request, one more for each flow above it. */
  readonly depth: number
  /** Flows that were put in before, with the step that asked for them. */
  readonly injections: readonly Injection[]
  /** Steps that were added to this visit so far. */
  readonly addedSteps: number
}

/** The spec's answer. */
export type GoldenPath = Pick<RoutingDecision, 'decision' | 'target' | 'reason'>

/** Where a step of the visit stands; `asks` is the one that the question is about. */
export type StepStanding = 'pending' | 'running' | 'asks' | 'succeeded' | 'failed' | 'skipped'

/** A loop that the step decides. */
export interface LoopStanding {
  readonly target: string
  /** Re-arms since the loop was last entered. */
  readonly rearms: number
  readonly maxIterations: number
}

/** Steps that may be put in between, and how often. @source A7.7 sidequests */
export interface Detour {
  readonly id: string
  /** When to take it, for the navigator. */
  readonly description?: string
  /** One after the other; the last leads back to the return address. */
  readonly steps: readonly StepDefinition[]
  /** Times that a run may take it. @default 3 */
  readonly maxUses?: number
  /** Times that this run has taken it. */
  readonly uses: number
}

/** A flow that a navigator has put in. */
export interface Injection {
  readonly flow: string
  readonly stepId: string
}

/** A navigator's answer: a route, and the reasons that are recorded with it. */
export type NavigationProposal = NavigationRoute & NavigationReasons

/** Where to go. `returnTo` is the step that goes on when what was put in has ended. */
export type NavigationRoute =
  /** As the spec says. */
  | { readonly kind: 'continue' }
  /** Back to the target of a loop that the step decides, within its bound. */
  | { readonly kind: 'loop'; readonly target: string }
  /** On to a step that has not begun, whether the spec names it or not. */
  | { readonly kind: 'branch'; readonly target: string }
  /** Through steps of the catalogue. */
  | { readonly kind: 'detour'; readonly detour: string; readonly returnTo: string }
  /** Through another flow, as a child. */
  | {
      readonly kind: 'inject_flow'
      readonly flow: string
      readonly params?: JsonObject
      readonly returnTo: string
    }
  /** Through steps of the navigator's own. */
  | {
      readonly kind: 'inject_nodes'
      readonly nodes: readonly StepDefinition[]
      readonly returnTo: string
    }
  /** On with a changed graph, for this visit only: `add`, `remove` and `replace` of RFC 6902, below `/steps`. */
  | { readonly kind: 'extend_graph'; readonly patch: readonly JsonObject[] }
  /** The run pauses; a human continues it. */
  | { readonly kind: 'pause' }
  /** The visit ends: nothing new starts. */
  | { readonly kind: 'terminate' }

/** Why, as `routing_offroad` records it. */
export interface NavigationReasons {
  /** Why this, and why now. Needed by every route but `continue`. */
  readonly rationale: string
  /** 0 to 1. */
  readonly confidence: number
  /** What was looked at. @default none */
  readonly evaluatedConditions?: readonly string[]
  /** Whether several routes were equally good. @default false */
  readonly tieBreakerUsed?: boolean
}

/** Bounds of what navigators may do. */
export interface NavigationLimits {
  /** How deep flows may nest, as `limits.depth`. @default 3 */
  readonly depth?: number
  /** Steps that may be added to one visit. @default 20 */
  readonly addedSteps?: number
}
