/** The encoding of limits, of the events that are open to others, and of those that only live readers see. */
import * as z from 'zod/mini'
import { flowScope, json, jsonObject, maybe, stepScope } from './encoding-parts.ts'

const swarm = () => ({ ...stepScope(), data: jsonObject() })

/** The members of each durable event beside its type and its envelope. */
export const openShapes = {
  budget_exceeded: () => ({
    ...flowScope(),
    limit: z.enum(['stepExecutions', 'durationMs', 'costUsd', 'tokens']),
    value: z.number(),
    ofRun: maybe(z.boolean()),
    ofStep: maybe(z.string()),
  }),
  quota_waiting: () => ({ ...stepScope(), account: z.string(), until: z.number() }),
  routing_started: swarm,
  routing_completed: swarm,
  planning_started: swarm,
  planning_completed: swarm,
  specialist_started: swarm,
  specialist_completed: swarm,
  specialist_failed: swarm,
  evaluation_started: swarm,
  evaluation_completed: swarm,
  swarm_completed: swarm,
  error_occurred: swarm,
  custom: () => ({ ...stepScope(), name: z.string(), data: json() }),
  diagnostic: () => ({
    code: z.string(),
    message: z.string(),
    address: maybe(z.string()),
    data: maybe(json()),
    inputId: maybe(z.string()),
  }),
}

/** The members of each transient event beside its type and its envelope. */
export const transientShapes = {
  token_chunk: () => ({ ...stepScope(), text: z.string() }),
  chunks_dropped: () => ({ ...stepScope(), chunks: z.int(), characters: z.int() }),
  retry_notice: () => ({ ...stepScope(), message: z.string(), delayMs: maybe(z.number()) }),
}
