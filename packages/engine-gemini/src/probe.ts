/** My job: whether the Gemini CLI can run here, without a call of a model. */
import { access } from 'node:fs/promises'
import { join } from 'node:path'
import { startProcess } from '@batonjs/child-process'
import { EngineError, type EngineProbe, toPlainError } from '@batonjs/core'
import type { GeminiPlan } from './gemini-plan.ts'
import type { GeminiSetting } from './gemini-setting.ts'
import { linesUntil } from './lines-until.ts'

/** Runs `gemini --version`, then looks whether there is a key or a login. */
export async function probeHeadless(plan: GeminiPlan): Promise<EngineProbe> {
  const { setting } = plan
  try {
    const version = await askVersion(plan)
    return await withLogin(setting, { available: true, version })
  } catch (thrown) {
    // What is behind it, such as a code of the system, helps nobody who only has to install or set something.
    const { message } = EngineError.is(thrown) ? thrown : toPlainError(thrown)
    return { available: false, message }
  }
}

async function askVersion({
  setting: { command, env },
  install,
  startTimeoutMs,
}: GeminiPlan): Promise<string> {
  const process = await startProcess({ command, args: ['--version'], env, input: '', install })
  const late = new AbortController()
  const why = new Error(`"${command} --version" has not ended within ${startTimeoutMs} ms`)
  const timer = setTimeout(() => late.abort(why), startTimeoutMs)
  try {
    let version = ''
    for await (const line of linesUntil(late.signal, process.lines)) version ||= line.trim()
    const { code, signal, stderr } = await process.exit
    if (code === 0 && version !== '') return version
    throw new Error(`"${command} --version" ended with ${signal ?? code}: ${stderr.trim().slice(-500)}`)
  } finally {
    clearTimeout(timer)
    await process.end()
  }
}

/** What tells Gemini who pays. A login and settings are looked for by name only; nothing of them is read. */
const LOGINS = ['GEMINI_API_KEY', 'GOOGLE_API_KEY', 'GOOGLE_APPLICATION_CREDENTIALS', 'GOOGLE_GENAI_USE_GCA']
const LOGIN_FILES = ['oauth_creds.json', 'settings.json', '.env']

/** The same, unless nothing is there to log in with. */
export async function withLogin(setting: GeminiSetting, found: EngineProbe): Promise<EngineProbe> {
  if (!found.available || (await hasLogin(setting))) return found
  const message =
    'Gemini is installed, and has neither a key nor a login: set GEMINI_API_KEY, or run "gemini" once and log in'
  return { ...found, available: false, message }
}

async function hasLogin({ env, home, isOwnHome }: GeminiSetting): Promise<boolean> {
  if (LOGINS.some((name) => env[name])) return true
  if (home === undefined) return false
  // Settings of ours are no login.
  const files = isOwnHome ? LOGIN_FILES.filter((name) => name !== 'settings.json') : LOGIN_FILES
  const found = files.map((name) =>
    access(join(home, '.gemini', name)).then(
      () => true,
      () => false,
    ),
  )
  return (await Promise.all(found)).includes(true)
}
