/** My job: from options to the environment that Gemini runs in, where it is at home, and what is secret in it. */
import { join } from 'node:path'
import { pickEnvironment } from '@batonjs/child-process'
import type { GeminiEngineOptions } from './gemini-options.ts'

/** What every way to run Gemini needs. */
export interface GeminiSetting {
  readonly command: string
  readonly env: Readonly<Record<string, string>>
  /** The folder in which its `.gemini` is. */
  readonly home: string | undefined
  /** Whether that folder is Baton's, to write settings into. */
  readonly isOwnHome: boolean
  /** How Gemini logs in there; `undefined` leaves it to the settings of the user. */
  readonly authType: string | undefined
  readonly secrets: readonly string[]
}

const KEYS = ['GEMINI_API_KEY', 'GOOGLE_API_KEY']

/** Resolves the environment and the home. */
export function settingOf(options: GeminiEngineOptions): GeminiSetting {
  const env: Record<string, string> = {
    // Without it the program only starts another one, and ignores signals itself.
    GEMINI_CLI_NO_RELAUNCH: 'true',
    ...(options.env ?? pickEnvironment(process.env, ['GEMINI_*', 'GOOGLE_*'])),
  }
  // Headless it refuses to run in a folder that is not trusted.
  const isTrusted = options.trustWorkspace ?? (options.mode === 'cli' || options.mode === 'real')
  if (isTrusted) env.GEMINI_CLI_TRUST_WORKSPACE = 'true'
  if (options.apiKey !== undefined) env.GEMINI_API_KEY = options.apiKey
  if (options.baseUrl !== undefined) env.GOOGLE_GEMINI_BASE_URL = options.baseUrl
  const authType = authTypeOf(env)
  const own = options.home ?? (env.GEMINI_CLI_HOME === undefined ? homeFor(authType, env) : undefined)
  if (own !== undefined) env.GEMINI_CLI_HOME = own
  return {
    command: options.command ?? 'gemini',
    env,
    home: own ?? env.GEMINI_CLI_HOME ?? env.HOME,
    isOwnHome: own !== undefined,
    authType,
    secrets: KEYS.flatMap((name) => env[name] || []),
  }
}

/** What the CLI calls it. With a base URL it would take itself for a gateway, which it refuses when it is headless. */
function authTypeOf(env: Readonly<Record<string, string>>): string | undefined {
  if (env.GOOGLE_GENAI_USE_VERTEXAI === 'true') return 'vertex-ai'
  return env.GEMINI_API_KEY ? 'gemini-api-key' : undefined
}

function homeFor(
  authType: string | undefined,
  { HOME }: Readonly<Record<string, string>>,
): string | undefined {
  return authType === undefined || HOME === undefined ? undefined : join(HOME, '.baton', 'engine-gemini')
}
