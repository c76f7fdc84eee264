/** The encoding of flow definitions as events carry them; what a definition means is checked in `flow/`. */
import * as z from 'zod/mini'
import { json, jsonObject, maybe, texts } from './encoding-parts.ts'

const branchCase = () =>
  z.union([
    z.object({ when: z.string(), next: z.string() }),
    z.object({
      field: maybe(z.string()),
      operator: maybe(z.enum(['equals', 'not_equals', 'in', 'not_in', 'contains'])),
      value: json(),
      next: z.string(),
    }),
  ])

const routing = () =>
  z.discriminatedUnion('kind', [
    z.object({ kind: z.literal('linear'), next: maybe(z.string()) }),
    z.object({
      kind: z.literal('microloop'),
      loopTarget: z.string(),
      next: maybe(z.string()),
      field: maybe(z.string()),
      successValues: maybe(texts()),
      maxIterations: maybe(z.number()),
      stallAfter: maybe(z.number()),
    }),
    z.object({
      kind: z.literal('branch'),
      cases: z.array(branchCase()),
      default: maybe(z.string()),
      maxIterations: maybe(z.number()),
    }),
    z.object({ kind: z.literal('terminal') }),
  ])

const retry = () =>
  z.object({ maxRetries: maybe(z.number()), delayMs: maybe(z.number()), maxDelayMs: maybe(z.number()) })

const history = () =>
  z.object({
    totalCharacters: maybe(z.number()),
    recentCharacters: maybe(z.number()),
    olderCharacters: maybe(z.number()),
    maxEntries: maybe(z.number()),
  })

const verification = () =>
  z.object({
    artifacts: maybe(texts()),
    commands: maybe(
      z.array(
        z.object({
          command: z.string(),
          successPattern: maybe(z.string()),
          timeoutMs: maybe(z.number()),
        }),
      ),
    ),
    gateStatusOnFail: maybe(z.enum(['UNVERIFIED', 'BLOCKED'])),
  })

/** What calls may take. */
export const budget = () =>
  z.object({
    costUsd: maybe(z.number()),
    tokens: maybe(z.number()),
    unpriced: maybe(z.enum(['refuse', 'allow'])),
  })

const stepPolicy = () => ({
  id: z.string(),
  title: maybe(z.string()),
  description: maybe(z.string()),
  teaching: maybe(jsonObject()),
  notes: maybe(jsonObject()),
  needs: maybe(texts()),
  triggerRule: maybe(z.enum(['all_success', 'none_failed', 'one_success', 'all_done'])),
  losers: maybe(z.enum(['run', 'cancel'])),
  when: maybe(z.string()),
  routing: maybe(routing()),
  retry: maybe(retry()),
  timeoutMs: maybe(z.number()),
  idleTimeoutMs: maybe(z.number()),
  verify: maybe(verification()),
  budget: maybe(budget()),
  engine: maybe(z.string()),
  model: maybe(z.string()),
  allowFailure: maybe(z.boolean()),
  onReject: maybe(z.enum(['fail', 'skip', 'stop'])),
})

const requestPolicy = () => ({ deadlineMs: maybe(z.number()), answerers: maybe(texts()) })

/** One typed question. */
export const question = () =>
  z.object({
    id: z.string(),
    text: z.string(),
    options: maybe(texts()),
    schema: maybe(jsonObject()),
  })

const agentStep = () =>
  z.object({
    ...stepPolicy(),
    kind: z.literal('agent'),
    prompt: maybe(z.string()),
    role: maybe(z.string()),
    objective: maybe(z.string()),
    scope: maybe(z.string()),
    inputs: maybe(texts()),
    outputs: maybe(texts()),
    agents: maybe(texts()),
    station: maybe(z.string()),
    teachingNotes: maybe(
      z.object({
        inputs: maybe(texts()),
        outputs: maybe(texts()),
        emphasizes: maybe(texts()),
        constraints: maybe(texts()),
      }),
    ),
    output: maybe(jsonObject()),
    maxRepairs: maybe(z.number()),
    history: maybe(history()),
  })

const functionStep = () =>
  z.object({
    ...stepPolicy(),
    kind: z.literal('function'),
    version: maybe(z.string()),
    output: maybe(jsonObject()),
  })

const approvalStep = () =>
  z.object({
    ...stepPolicy(),
    ...requestPolicy(),
    kind: z.literal('approval'),
    prompt: z.string(),
    onDeadline: maybe(z.enum(['approve', 'reject'])),
  })

const questionStep = () =>
  z.object({
    ...stepPolicy(),
    ...requestPolicy(),
    kind: z.literal('question'),
    prompt: maybe(z.string()),
    questions: z.array(question()),
    onDeadline: maybe(jsonObject()),
  })

const flowStep = () =>
  z.object({
    ...stepPolicy(),
    kind: z.literal('flow'),
    flow: z.string(),
    params: maybe(jsonObject()),
  })

const waitStep = () =>
  z.object({
    ...stepPolicy(),
    ...requestPolicy(),
    kind: z.literal('wait'),
    correlation: z.string(),
    schema: maybe(jsonObject()),
    warnAfterMs: maybe(z.number()),
    onDeadline: maybe(json()),
  })

/** Every kind of step but a map. */
const itemSteps = () =>
  [agentStep(), functionStep(), approvalStep(), questionStep(), flowStep(), waitStep()] as const

const mapStep = () =>
  z.object({
    ...stepPolicy(),
    kind: z.literal('map'),
    items: z.string(),
    itemKey: maybe(z.string()),
    step: z.discriminatedUnion('kind', itemSteps()),
    concurrency: maybe(z.number()),
    maxItems: maybe(z.number()),
    itemRule: maybe(z.enum(['all_success', 'all_done', 'one_success'])),
  })

/** One step of a flow. */
export const stepDefinition = () => z.discriminatedUnion('kind', [...itemSteps(), mapStep()])

/** The limits of a flow or of a request. */
export const flowLimits = () =>
  z.object({
    stepExecutions: maybe(z.number()),
    durationMs: maybe(z.number()),
    depth: maybe(z.number()),
    flowVisits: maybe(z.number()),
    visitsPerFlow: maybe(z.number()),
  })

const transition = () => z.object({ nextFlow: z.string(), reason: maybe(z.string()) })

/** A whole flow. */
export const flowDefinition = () =>
  z.object({
    key: z.string(),
    title: maybe(z.string()),
    description: maybe(z.string()),
    charter: maybe(jsonObject()),
    teaching: maybe(jsonObject()),
    notes: maybe(jsonObject()),
    params: maybe(jsonObject()),
    defaults: maybe(
      z.object({
        engine: maybe(z.string()),
        model: maybe(z.string()),
        retry: maybe(retry()),
        timeoutMs: maybe(z.number()),
        idleTimeoutMs: maybe(z.number()),
        history: maybe(history()),
      }),
    ),
    limits: maybe(flowLimits()),
    budget: maybe(budget()),
    output: maybe(z.string()),
    steps: z.array(stepDefinition()),
    onComplete: maybe(transition()),
    onFailure: maybe(transition()),
    digest: z.string(),
  })
