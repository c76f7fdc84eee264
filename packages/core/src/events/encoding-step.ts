/** The encoding of the events of steps and their tools. */
import * as z from 'zod/mini'
import {
  amounts,
  flowScope,
  handoff,
  json,
  maybe,
  ordinal,
  plainError,
  stepOutputMembers,
  stepScope,
  usage,
} from './encoding-parts.ts'

const measures = () => ({
  usage: maybe(usage()),
  costUsd: maybe(z.number()),
  unpriced: maybe(z.boolean()),
  charged: maybe(z.object(amounts())),
  durationMs: maybe(z.number()),
  queuedMs: maybe(z.number()),
})

/** The members of each event beside its type and its envelope. */
export const stepShapes = {
  step_start: () => ({
    ...stepScope(),
    kind: z.enum(['agent', 'function', 'approval', 'question', 'flow', 'map', 'wait']),
    index: ordinal(),
    total: ordinal(),
    contentKey: z.string(),
    idempotencyKey: z.string(),
    engine: maybe(z.string()),
    model: maybe(z.string()),
    inputDigests: maybe(z.record(z.string(), z.string())),
    winner: maybe(z.string()),
    sessionDigest: maybe(z.string()),
    reserved: maybe(z.object(amounts())),
  }),
  step_session: () => ({
    ...stepScope(),
    digest: maybe(z.string()),
    session: maybe(json()),
    sessionRef: maybe(z.string()),
  }),
  step_end: () => ({
    ...stepScope(),
    ...stepOutputMembers(),
    status: z.literal('succeeded'),
    handoff: maybe(handoff()),
    evidenceDigest: z.string(),
    model: maybe(z.string()),
    ...measures(),
  }),
  step_error: () => ({
    ...stepScope(),
    error: plainError(),
    willRetry: z.boolean(),
    retryAt: maybe(z.number()),
    fallback: maybe(z.object({ from: z.string(), engine: z.string(), model: maybe(z.string()) })),
    ...measures(),
  }),
  step_skipped: () => ({
    ...flowScope(),
    stepId: z.string(),
    item: maybe(z.string()),
    iteration: ordinal(),
    attempt: maybe(ordinal()),
    reason: z.enum([
      'condition',
      'needs_failed',
      'needs_skipped',
      'not_routed',
      'lost',
      'terminal',
      'step_budget',
      'budget',
      'rejected',
      'stopped',
      'out_of_range',
      'upstream_failed',
    ]),
    ...measures(),
  }),
  map_expanded: () => ({ ...stepScope(), items: z.array(z.object({ key: z.string(), value: json() })) }),
  tool_start: () => ({
    ...stepScope(),
    toolCallId: z.string(),
    tool: z.string(),
    input: maybe(json()),
    requestId: maybe(z.string()),
  }),
  tool_end: () => ({
    ...stepScope(),
    toolCallId: z.string(),
    tool: z.string(),
    success: z.boolean(),
    output: maybe(json()),
    durationMs: maybe(z.number()),
  }),
  file_changes: () => ({
    ...stepScope(),
    files: z.array(
      z.object({
        path: z.string(),
        action: z.enum(['created', 'modified', 'deleted']),
        insertions: maybe(z.number()),
        deletions: maybe(z.number()),
      }),
    ),
  }),
}
