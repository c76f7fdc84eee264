import type { StepEngine } from '@batonjs/core'
import { acpPresets, createAcpEngine } from '@batonjs/engine-acp'
import { runHeadless } from './cli-call.ts'
import { checkGeminiOptions, type GeminiEngineOptions } from './gemini-options.ts'
import { type GeminiPlan, planGemini } from './gemini-plan.ts'
import { prepareHome } from './home.ts'
import { installedVersion } from './installed-version.ts'
import { toDenials, writePermissions } from './permission-file.ts'
import { probeHeadless, withLogin } from './probe.ts'

/**
 * Makes an engine of the Gemini CLI, which has to be installed. Nothing is done unasked unless the host says so: in mode
 * `acp` what Gemini wants to do goes through `approve`; in mode `cli`, which cannot ask, it can do only what the host's
 * policy allows beforehand. Throws `options_invalid`.
 *
 * @example createGeminiEngine({ model: 'gemini-2.5-flash' })
 */
export function createGeminiEngine(options: GeminiEngineOptions = {}): StepEngine {
  checkGeminiOptions(options)
  const plan = planGemini(options)
  return options.mode === undefined || options.mode === 'acp'
    ? overAcp(options, plan)
    : headless(options, plan)
}

function headless({ id = 'gemini', account }: GeminiEngineOptions, plan: GeminiPlan): StepEngine {
  const { setting } = plan
  const engine: StepEngine & { version?: string } = {
    specVersion: 1,
    id,
    mode: 'cli',
    provider: 'google',
    tellsCost: false,
    secrets: setting.secrets,
    ...(account === undefined ? {} : { account }),
    async *runStep(context) {
      tellVersion(engine, await installedVersion(setting))
      return yield* runHeadless(plan, context)
    },
    async probe() {
      const found = await probeHeadless(plan)
      tellVersion(engine, found.version)
      return found
    },
  }
  return engine
}

function tellVersion(engine: { version?: string }, version: string | undefined): void {
  if (version !== undefined) engine.version = version
}

/** What the mode of the same name is called in the other protocol. */
const ACP_MODES = { default: 'default', auto_edit: 'autoEdit', plan: 'plan', yolo: 'yolo' } as const

function overAcp(options: GeminiEngineOptions, plan: GeminiPlan): StepEngine {
  const { setting } = plan
  const engine: StepEngine & { version?: string } = createOverAcp(options, plan)
  const { probe } = engine
  // The engine keeps its identity, for it learns its version while it runs.
  return Object.assign(engine, {
    async *runStep(...[context]: Parameters<StepEngine['runStep']>) {
      context.signal.throwIfAborted()
      await prepareHome(setting)
      const denials = await writePermissions(toDenials(context.permissions))
      const once = createOverAcp(options, plan, denials?.path)
      try {
        return yield* once.runStep(context)
      } finally {
        tellVersion(engine, once.version)
        await denials?.remove()
      }
    },
    async probe() {
      await prepareHome(setting)
      return withLogin(setting, (await probe?.()) ?? { available: true })
    },
  } satisfies Partial<StepEngine>)
}

/** With a policy file, which is one of a call: it holds what Gemini is not to do also where it would not ask. */
function createOverAcp(
  options: GeminiEngineOptions,
  { setting, model, approvalMode }: GeminiPlan,
  policy?: string,
): StepEngine {
  const { id = 'gemini', mcpServers, workspace, startTimeoutMs, account, sdk } = options
  return createAcpEngine({
    preset: 'gemini',
    id,
    model,
    command: setting.command,
    env: setting.env,
    ...(policy === undefined ? {} : { args: [...acpPresets.gemini.args, '--policy', policy] }),
    ...(mcpServers === undefined ? {} : { mcpServers }),
    ...(workspace === undefined ? {} : { workspace }),
    ...(startTimeoutMs === undefined ? {} : { startTimeoutMs }),
    ...(account === undefined ? {} : { account }),
    ...(sdk === undefined ? {} : { sdk }),
    ...(approvalMode === undefined ? {} : { mode: ACP_MODES[approvalMode] }),
  })
}
