import {
  digestText,
  EngineError,
  type EngineEvent,
  type StepContext,
  type StepEngine,
  type StepResult,
} from '@batonjs/core'
import { type ClaudeEngineOptions, checkClaudeOptions, modeOf } from './claude-options.ts'
import { openCli } from './cli-conversation.ts'
import type { Order } from './conversation.ts'
import { converse } from './converse.ts'
import { accountOf, environmentOf, missingService, secretsOf } from './environment.ts'
import { orderOf } from './order.ts'
import { probeClaude } from './probe.ts'
import { openSdk } from './sdk-conversation.ts'
import { createTranscript, isForgotten, type Transcript } from './transcript.ts'

/**
 * Makes an engine for Claude: token by token, with tools that ask, questions, sessions that go on, structured answers
 * and what a call has cost. Throws `options_invalid`.
 *
 * @example
 * createOrchestrator({ flows, engines: [createClaudeEngine({ model: 'claude-sonnet-4-5' })] })
 */
export function createClaudeEngine(options: ClaudeEngineOptions = {}): StepEngine {
  checkClaudeOptions(options)
  const mode = modeOf(options)
  const { id = 'claude', provider = 'anthropic' } = options
  const env = environmentOf(options)
  const known: Known = {}
  const setting: Setting = { options, env, known, open: mode === 'sdk' ? openSdk : openCli }
  const engine: StepEngine = {
    specVersion: 1,
    id,
    mode,
    provider,
    account: accountOf(env, digestText),
    tellsCost: provider === 'anthropic',
    secrets: secretsOf(options, env),
    runStep: (context) => runStep(setting, context),
    async probe() {
      const probe = await probeClaude(options, env)
      known.version = probe.version ?? known.version
      return probe
    },
  }
  // Read when a receipt is written: by then Claude has said which version it is.
  return Object.defineProperty(engine, 'version', { enumerable: true, get: () => known.version })
}

/** What an engine has learnt. */
interface Known {
  version?: string | undefined
}

/** What every call of an engine shares. */
interface Setting {
  readonly options: ClaudeEngineOptions
  readonly env: Readonly<Record<string, string>>
  readonly known: Known
  readonly open: typeof openCli
}

async function* runStep(
  setting: Setting,
  context: StepContext,
): AsyncGenerator<EngineEvent, StepResult, void> {
  const { options, env } = setting
  const missing = missingService(options, env)
  if (missing !== undefined) throw new EngineError(missing, { code: 'engine_unavailable' })
  const order = orderOf(options, context)
  const call = { setting, context }
  const transcript = createTranscript(options, order)
  const result = yield* runOrder(call, order, transcript)
  if (order.session === undefined || !isForgotten(transcript)) return result
  const { session: _, ...anew } = { ...order, prompt: context.prompt }
  return yield* runOrder(call, anew, createTranscript(options, anew))
}

interface Call {
  readonly setting: Setting
  readonly context: StepContext
}

async function* runOrder(
  { setting, context }: Call,
  order: Order,
  transcript: Transcript,
): AsyncGenerator<EngineEvent, StepResult, void> {
  const { options, env, known, open } = setting
  context.signal.throwIfAborted()
  const conversation = await open(options, order, env)
  try {
    return yield* converse(conversation, transcript, context)
  } finally {
    known.version = transcript.version ?? known.version
    await conversation.end()
  }
}
