import {
  EngineError,
  type EngineEvent,
  engineFailure,
  type StepContext,
  type StepEngine,
  type StepFailure,
  type StepResult,
} from '@batonjs/core'
import type { LanguageModel } from 'ai'
import { type AiEngineOptions, checkAiOptions, isModel } from './ai-options.ts'
import { type AiSdk, aiSdkVersion, loadAiSdk } from './ai-sdk.ts'
import { converse } from './converse.ts'
import { toFailure } from './failures.ts'
import { modelIdOf } from './take-turn.ts'

/**
 * Makes an engine of any model of the `ai` SDK. Throws `options_invalid`.
 *
 * @example
 * const local = createOpenAICompatible({ name: 'local', baseURL: 'http://127.0.0.1:11434/v1' })
 * const engine = createAiEngine({ model: (name = 'qwen3') => local(name) })
 */
export function createAiEngine(options: AiEngineOptions): StepEngine {
  checkAiOptions(options)
  const { id = 'ai', account } = options
  const secrets = secretsOf(options)
  const version = options.ai === undefined ? aiSdkVersion() : undefined
  const provider = options.provider ?? providerOf(options.model)
  let loading: Promise<AiSdk> | undefined
  const load = (): Promise<AiSdk> => {
    loading ??= options.ai === undefined ? loadAiSdk() : Promise.resolve(options.ai)
    return loading
  }
  return {
    specVersion: 1,
    id,
    mode: 'sdk',
    ...(version === undefined ? {} : { version }),
    ...(provider === undefined ? {} : { provider }),
    ...(account === undefined ? {} : { account }),
    ...(secrets.length === 0 ? {} : { secrets }),
    // Nobody but the host knows what a model costs.
    ...(options.prices === undefined ? { tellsCost: false } : {}),
    runStep: (context) => runStep(options, load, context),
    async probe() {
      const loaded = await load().catch((thrown: Error) => thrown.message)
      if (typeof loaded === 'string') return { available: false, message: loaded }
      return { available: true, ...(version === undefined ? {} : { version }) }
    },
  }
}

async function* runStep(
  options: AiEngineOptions,
  load: () => Promise<AiSdk>,
  context: StepContext,
): AsyncGenerator<EngineEvent, StepResult, void> {
  const left = new AbortController()
  const signal = AbortSignal.any([context.signal, left.signal])
  try {
    signal.throwIfAborted()
    const model = modelFor(options, context.model)
    return yield* converse({ sdk: await load(), options, context, model, signal })
  } catch (thrown) {
    context.signal.throwIfAborted()
    const error = EngineError.is(thrown) ? undefined : toFailure(thrown)
    if (error === undefined) throw thrown
    return failed(error)
  } finally {
    // A reader that leaves takes the request with it.
    left.abort()
  }
}

function failed(error: StepFailure): StepResult {
  return { status: 'failed', output: '', error }
}

/** The model that is asked for. */
function modelFor({ model }: AiEngineOptions, name: string | undefined): LanguageModel {
  if (!isModel(model)) return model(name)
  const own = modelIdOf(model)
  if (name === undefined || name === own) return model
  const message = `The step asks for the model "${name}", but this engine has "${own}" only. Give createAiEngine a function: { model: (name) => … }.`
  throw new EngineError(message, engineFailure('invalid_request', message))
}

const SECRET_NAME = /key|token|secret|password|credential|authorization|cookie/i

/** What the host calls secret, and the keys in its headers, with the word before them and without. */
function secretsOf({ secrets = [], settings: { headers = {} } = {} }: AiEngineOptions): readonly string[] {
  const values = Object.entries(headers).flatMap(([name, value]) =>
    value === undefined || !SECRET_NAME.test(name) ? [] : [value, value.replace(/^\S+\s+/, '')],
  )
  return [...new Set([...secrets, ...values])]
}

function providerOf(model: AiEngineOptions['model']): string | undefined {
  return typeof model === 'object' && model.provider !== '' ? model.provider : undefined
}
