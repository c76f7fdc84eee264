import type { EventEnvelope, StepScope } from '../../events/envelope.ts'
import type { StepEnd, StepError, StepSkipped, StepStart } from '../../events/step-events.ts'
import { artifactPaths } from './artifact-paths.ts'

const scope: StepScope & Pick<EventEnvelope, 'runId'> = {
  runId: 'run-20260101-000000-abcdef',
  flowKey: 'build',
  visit: 1,
  frame: 'build#1',
  stepId: 'critique_code',
  iteration: 2,
  attempt: 1,
  agentKey: 'code-critic',
}

/** How an attempt began. */
export const start: StepStart & EventEnvelope = {
  ...scope,
  type: 'step_start',
  seq: 10,
  ts: '2026-01-01T00:00:00.000Z',
  kind: 'agent',
  index: 5,
  total: 12,
  contentKey: 'c0',
  idempotencyKey: 'build#1/critique_code#2',
  engine: 'claude-step',
  model: 'sonnet',
}

/** How it ended well. */
export const succeeded: StepEnd & EventEnvelope = {
  ...scope,
  type: 'step_end',
  seq: 11,
  ts: '2026-01-01T00:00:03.000Z',
  status: 'succeeded',
  output: { digest: 'd0', characters: 6, text: 'Fine.' },
  evidenceDigest: 'e0',
  usage: { inputTokens: 100, outputTokens: 20 },
  costUsd: 0.5,
  durationMs: 2_900,
  queuedMs: 4,
}

/** How it failed. */
export const failed: StepError & EventEnvelope = {
  ...scope,
  type: 'step_error',
  seq: 11,
  ts: '2026-01-01T00:00:03.000Z',
  error: { name: 'EngineError', code: 'timeout', message: 'Took too long.', retryable: true },
  willRetry: false,
  durationMs: 2_900,
  queuedMs: 4,
}

/** How it lost a race. */
export const skipped: StepSkipped & EventEnvelope = {
  ...scope,
  type: 'step_skipped',
  seq: 11,
  ts: '2026-01-01T00:00:03.000Z',
  reason: 'lost',
  durationMs: 700,
  queuedMs: 0,
}

/** Where its projections lie. */
export const paths = artifactPaths({ ...scope, engine: 'claude-step' })
