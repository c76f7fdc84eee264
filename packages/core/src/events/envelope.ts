import type { JsonObject, JsonValue } from '../flow/json.ts'

/** What every durable event carries (rule E1). */
export interface EventEnvelope {
  readonly runId: string
  /** 1 for the first event of a run, then without a gap. Order is by `seq`, never by `ts`. */
  readonly seq: number
  /** ISO 8601, UTC. A clock may jump: durations are measured, never subtracted from two of these. */
  readonly ts: string
}

/** The flow visit that an event belongs to. */
export interface FlowScope {
  readonly flowKey: string
  /** 1 for the first visit of this flow in the run. */
  readonly visit: number
  /** `flow#visit`: the id of the visit. */
  readonly frame: string
}

/** The execution that an event belongs to: `frame/step[item]#iteration.attempt` (rule V3). */
export interface StepScope extends FlowScope {
  readonly stepId: string
  /** Key of the map item, when the execution is one of a map. */
  readonly item?: string
  /** 1, then one more with each re-arm by a loop; never reset. */
  readonly iteration: number
  /** 1, then one more with each retry or interruption. */
  readonly attempt: number
  /** The first of the step's agents, else its station. */
  readonly agentKey?: string
}

/** An output as an event shows it: whole when it is small, else a preview and where the rest is. */
export interface OutputRecord {
  /** SHA-256 of the whole output. */
  readonly digest: string
  /** Of the whole text; of the JSON when there is no text. */
  readonly characters: number
  /** The whole text, or its first 2,000 characters when `ref` is there; left out when `data` says it all. */
  readonly text?: string
  /** Artifact path of the whole text, when it has more than 16,384 characters. */
  readonly ref?: string
}

/** What a step, a flow or a run gave. */
export interface StepOutput {
  readonly output: OutputRecord
  /** Structured output, when it serialises to at most 64 kB. */
  readonly data?: JsonValue
  /** Artifact path of structured output that is larger. */
  readonly dataRef?: string
}

/** Tokens that a call used. A member left out is unknown, never zero. */
export interface Usage {
  readonly inputTokens?: number
  readonly outputTokens?: number
  readonly totalTokens?: number
}

/** What a call has used, as far as it told. */
export interface Spending {
  /** Tokens, over all repair passes. */
  readonly usage?: Usage
  /** US dollars, over all repair passes. */
  readonly costUsd?: number
  /** Whether the engine told its usage but not its cost. */
  readonly unpriced?: boolean
}

/** What is reserved for a call in the budgets above it, or taken from them (rule B3). */
export interface CallBudget {
  /** US dollars. */
  readonly costUsd?: number
  /** Tokens, in and out. */
  readonly tokens?: number
}

/** What a step hands to the next: the verdict and what it learned. @source A4 HandoffEnvelope */
export interface Handoff {
  /** `VERIFIED`, `UNVERIFIED`, `PARTIAL`, `BLOCKED` or the flow's own word (rule L6). */
  readonly verdict?: string
  /** At most 2,000 characters. */
  readonly summary?: string
  /** Name to run-relative path. */
  readonly artifacts?: Readonly<Record<string, string>>
  /** What whoever goes on should know. */
  readonly concerns?: readonly string[]
  /** Each is recorded as `assumption_recorded`. */
  readonly assumptions?: readonly Assumption[]
  /** Each is recorded as `decision_recorded`. */
  readonly decisions?: readonly DecisionNote[]
  /** Recorded together as `facts_updated`. */
  readonly facts?: readonly FactInput[]
  /** False: another iteration of the loop cannot help. */
  readonly canFurtherIterationHelp?: boolean
  /** Further fields that a loop or branch may name. */
  readonly fields?: JsonObject
}

/** Something taken for granted instead of asked. @source A4 AssumptionEntry */
export interface Assumption {
  readonly statement: string
  readonly rationale?: string
  readonly impactIfWrong?: string
  readonly confidence?: 'high' | 'medium' | 'low'
}

/** A choice that was made, with its reason. @source A4 DecisionLogEntry */
export interface DecisionNote {
  readonly subject: string
  readonly decision: string
  readonly rationale?: string
}

/** A fact as an author states it. */
export interface FactInput {
  readonly key: string
  readonly value: JsonValue
  /** 0 to 1. @default 1 */
  readonly confidence?: number
  /** What supports it: a path, a step, a quotation. */
  readonly evidence?: readonly string[]
}

/** A fact on the blackboard; no entry is ever overwritten. @source B1 */
export interface FactEntry {
  readonly key: string
  readonly value: JsonValue
  /** The agent of the step that put it, else the step. */
  readonly author: string
  /** 0 to 1. */
  readonly confidence: number
  /** What supports it: paths, steps, quotations. */
  readonly evidence: readonly string[]
  /** Counts all entries of the run, from 1. */
  readonly version: number
}
