/** The encoding of the events of people and callbacks. */
import * as z from 'zod/mini'
import { question } from './encoding-definition.ts'
import { json, jsonObject, maybe, spending, stepScope, texts } from './encoding-parts.ts'

const asked = () => ({
  ...stepScope(),
  requestId: z.string(),
  prompt: z.string(),
  contentHash: z.string(),
  answerSchema: jsonObject(),
  deadlineAt: maybe(z.number()),
  deadlineAnswer: maybe(json()),
  answerers: maybe(texts()),
  repeats: maybe(z.string()),
  spent: maybe(z.object(spending())),
})

const resolved = () => ({
  ...stepScope(),
  requestId: z.string(),
  outcome: z.enum(['answered', 'defaulted', 'withdrawn', 'canceled']),
  answer: maybe(json()),
  by: z.string(),
  inputId: maybe(z.string()),
})

/** The members of each event beside its type and its envelope. */
export const requestShapes = {
  approval_requested: () => asked(),
  approval_resolved: () => resolved(),
  clarification_needed: () => ({ ...asked(), questions: z.array(question()) }),
  clarification_answered: () => resolved(),
  proposed_action: () => ({
    ...asked(),
    action: z.object({ name: z.string(), input: maybe(json()), summary: maybe(z.string()) }),
  }),
  action_resolved: () => resolved(),
  callback_awaited: () => ({ ...asked(), correlation: z.string(), reminderAt: maybe(z.number()) }),
  callback_received: () => resolved(),
  answer_rejected: () => ({
    requestId: z.string(),
    reason: z.enum(['late', 'duplicate', 'stale', 'unauthorised', 'invalid', 'unknown_request']),
    message: z.string(),
    by: z.string(),
    inputId: maybe(z.string()),
  }),
}
