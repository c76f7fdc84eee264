/** The encoding of the events of the run as a whole. */
import * as z from 'zod/mini'
import { budget, flowDefinition, flowLimits } from './encoding-definition.ts'
import { amounts, jsonObject, maybe, plainError, stepOutput, texts, usage } from './encoding-parts.ts'

const manifest = () =>
  z.object({
    flows: texts(),
    follow: z.enum(['list', 'macro']),
    params: jsonObject(),
    startStep: maybe(z.string()),
    endStep: maybe(z.string()),
    initiator: z.string(),
    limits: flowLimits(),
    budget: maybe(budget()),
    engine: maybe(z.string()),
    model: maybe(z.string()),
  })

const counted = () => ({ succeeded: z.int(), failed: z.int(), skipped: z.int() })

const census = () =>
  z.object({
    ...counted(),
    skippedBecause: z.record(z.string(), z.int()),
    failures: z.array(
      z.object({ step: z.string(), code: z.string(), message: z.string(), absorbed: z.boolean() }),
    ),
    earlierFailures: z.int(),
    interruptions: z.int(),
    items: z.object(counted()),
    loops: z.array(
      z.object({
        frame: z.string(),
        stepId: z.string(),
        target: z.string(),
        reason: z.string(),
        rearms: z.int(),
      }),
    ),
  })

const transitionRecord = () =>
  z.object({
    fromFlow: z.string(),
    toFlow: z.string(),
    reason: z.string(),
    outcome: z.enum(['succeeded', 'partial', 'failed']),
  })

/** The members of each event beside its type and its envelope. */
export const runShapes = {
  run_created: () => ({
    formatVersion: z.literal(1),
    manifest: manifest(),
    flows: z.array(flowDefinition()),
  }),
  run_started: () => ({ owner: z.string(), deadlineAt: maybe(z.number()) }),
  run_pausing: () => ({ by: z.string(), inputId: maybe(z.string()) }),
  run_paused: () => ({}),
  run_resumed: () => ({
    owner: z.string(),
    resumedFrom: z.enum(['pause', 'stop', 'crash', 'wait', 'failure']),
    interrupted: texts(),
    rearmed: texts(),
    limits: maybe(flowLimits()),
    budget: maybe(budget()),
    deadlineAt: maybe(z.number()),
    by: maybe(z.string()),
    inputId: maybe(z.string()),
  }),
  run_stopping: () => ({
    by: z.string(),
    reason: z.string(),
    drainMs: z.number(),
    inputId: maybe(z.string()),
  }),
  run_stopped: () => ({
    reason: z.string(),
    by: z.string(),
    aborted: texts(),
    usage: maybe(usage()),
    costUsd: maybe(z.number()),
    unpricedCalls: maybe(z.int()),
    cutOff: maybe(
      z.array(z.object({ frame: z.string(), stepId: z.string(), item: maybe(z.string()), ...amounts() })),
    ),
  }),
  run_completed: () => ({
    status: z.enum(['succeeded', 'partial', 'failed', 'canceled']),
    result: maybe(stepOutput()),
    census: census(),
    usage: usage(),
    costUsd: maybe(z.number()),
    unpricedCalls: z.int(),
    nextFlow: maybe(z.string()),
    flowTransitionHistory: z.array(transitionRecord()),
    error: maybe(plainError()),
    by: maybe(z.string()),
    inputId: maybe(z.string()),
  }),
}
