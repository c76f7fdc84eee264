/** The encoding of the events of flow visits. */
import * as z from 'zod/mini'
import { flowDefinition, stepDefinition } from './encoding-definition.ts'
import {
  flowScope,
  jsonObject,
  maybe,
  ordinal,
  plainError,
  stepOutput,
  stepScope,
  texts,
} from './encoding-parts.ts'

const outcome = () => z.enum(['succeeded', 'partial', 'failed'])

/** The members of each event beside its type and its envelope. */
export const flowShapes = {
  flow_start: () => ({
    ...flowScope(),
    index: maybe(ordinal()),
    parent: maybe(z.object({ frame: z.string(), stepId: z.string(), item: maybe(z.string()) })),
    depth: z.int(),
    params: jsonObject(),
    digest: z.string(),
    deadlineAt: maybe(z.number()),
  }),
  flow_end: () => ({
    ...flowScope(),
    status: outcome(),
    result: maybe(stepOutput()),
    error: maybe(plainError()),
  }),
  flow_revised: () => ({
    flowKey: z.string(),
    previousDigest: z.string(),
    flow: flowDefinition(),
    frames: texts(),
    reused: texts(),
    rearmed: z.array(z.object({ frame: z.string(), stepId: z.string(), cause: z.string() })),
    deadlineAt: maybe(z.number()),
  }),
  macro_route: () => ({
    fromFlow: z.string(),
    toFlow: z.string(),
    reason: z.string(),
    flowSucceeded: z.boolean(),
    outcome: outcome(),
    loopCount: z.int(),
    position: z.int(),
  }),
  flow_injected: () => ({
    ...flowScope(),
    injectedFlow: z.string(),
    triggerStep: z.string(),
    resumePoint: z.string(),
  }),
  node_injected: () => ({
    ...flowScope(),
    node: stepDefinition(),
    position: z.string(),
    rationale: z.string(),
  }),
  graph_extended: () => ({ ...flowScope(), patch: z.array(jsonObject()), rationale: z.string() }),
  stack_push: () => ({ ...stepScope(), injectedFlow: z.string(), currentDepth: z.int() }),
  stack_pop: () => ({ ...stepScope(), completedFlow: z.string(), currentDepth: z.int() }),
  stack_overflow_prevented: () => ({
    ...stepScope(),
    attemptedFlow: z.string(),
    currentDepth: z.int(),
    limit: z.int(),
  }),
}
