/** My job: whether Claude can run here, without a call of a model. */
import { startProcess } from '@batonjs/child-process'
import { type EngineProbe, toPlainError } from '@batonjs/core'
import { type ClaudeEngineOptions, modeOf } from './claude-options.ts'
import { loadSdk } from './claude-sdk.ts'
import { commandOf, INSTALL_CLI } from './cli-conversation.ts'
import { missingKey, missingService } from './environment.ts'

/** How long a program may take to tell its version. */
const PATIENCE_MS = 15_000

/** Looks for the program or the SDK, for the service, and for a key. */
export async function probeClaude(
  options: ClaudeEngineOptions,
  env: Readonly<Record<string, string>>,
  patienceMs = PATIENCE_MS,
): Promise<EngineProbe> {
  try {
    const version = await lookFor(options, env, patienceMs)
    const missing = missingService(options, env) ?? missingKey(env)
    const known = version === undefined ? {} : { version }
    return missing === undefined
      ? { available: true, ...known }
      : { available: false, message: missing, ...known }
  } catch (thrown) {
    return { available: false, message: toPlainError(thrown).message }
  }
}

/** The version of the program. That of the SDK's own is known from the first call on. */
async function lookFor(
  options: ClaudeEngineOptions,
  env: Readonly<Record<string, string>>,
  patienceMs: number,
): Promise<string | undefined> {
  const isSdk = modeOf(options) === 'sdk'
  if (isSdk) await loadSdk(options.sdk)
  return isSdk && options.command === undefined ? undefined : askVersion(options, env, patienceMs)
}

async function askVersion(
  options: ClaudeEngineOptions,
  env: Readonly<Record<string, string>>,
  patienceMs: number,
): Promise<string> {
  const [command, ...args] = commandOf(options)
  const running = await startProcess({
    command,
    args: [...args, '--version'],
    env,
    input: '',
    install: INSTALL_CLI,
  })
  let isLate = false
  const patience = setTimeout(() => {
    isLate = true
    void running.end()
  }, patienceMs)
  try {
    let said = ''
    for await (const line of running.lines) said += `${line}\n`
    if (isLate) throw new Error(`"${command} --version" does not answer`)
    const { code, stderr } = await running.exit
    const version = /\d+\.\d+\.\d+\S*/.exec(said)?.[0]
    if (code !== 0 || version === undefined) throw new Error(`"${command} --version" says: ${said}${stderr}`)
    return version
  } finally {
    clearTimeout(patience)
    await running.end()
  }
}
