/** The encoding of the events of routing, checks and memory. */
import * as z from 'zod/mini'
import {
  assumption,
  decisionNote,
  factEntry,
  json,
  maybe,
  ordinal,
  plainError,
  stepScope,
  texts,
} from './encoding-parts.ts'

const checks = () =>
  z.array(
    z.object({
      checkType: z.enum(['artifact', 'command']),
      name: z.string(),
      passed: z.boolean(),
      output: maybe(z.string()),
    }),
  )

const verification = () => ({ ...stepScope(), station: maybe(z.string()) })

/** The members of each event beside its type and its envelope. */
export const routingShapes = {
  routing_decision: () => ({
    ...stepScope(),
    decision: z.enum(['advance', 'loop', 'branch', 'terminate', 'end', 'fail']),
    target: maybe(z.string()),
    reason: z.string(),
    value: maybe(json()),
    notTaken: texts(),
    rearmed: maybe(z.array(z.object({ stepId: z.string(), iteration: ordinal() }))),
    resets: maybe(texts()),
    loopState: maybe(z.record(z.string(), z.int())),
    stalledFor: maybe(z.int()),
    bodyEvidence: maybe(z.string()),
    error: maybe(plainError()),
    source: z.string(),
  }),
  routing_offroad: () => ({
    ...stepScope(),
    goldenPathStep: maybe(z.string()),
    actualStep: maybe(z.string()),
    routeType: z.string(),
    rationale: z.string(),
    returnAddress: maybe(z.string()),
    confidence: z.number(),
    evaluatedConditions: texts(),
    tieBreakerUsed: z.boolean(),
    notTaken: texts(),
  }),
  verification_started: () => verification(),
  verification_passed: () => ({ ...verification(), artifactChecks: checks(), commandChecks: checks() }),
  verification_failed: () => ({
    ...verification(),
    gateStatusOnFail: z.string(),
    artifactChecks: checks(),
    commandChecks: checks(),
    error: maybe(plainError()),
  }),
  facts_updated: () => ({ ...stepScope(), entries: z.array(factEntry()), conflicts: texts() }),
  assumption_recorded: () => ({ ...stepScope(), assumption: assumption() }),
  decision_recorded: () => ({ ...stepScope(), decision: decisionNote() }),
}
