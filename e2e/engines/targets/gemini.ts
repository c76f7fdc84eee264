/** What both ways to run Gemini have in common. */
import { mkdir, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import type { ToolUse } from '@batonjs/vendor-server'
import { environmentOf, KEY, type Place } from '../stage/place.ts'

export const GEMINI_BINARY = '.bin/gemini'

export const GEMINI_MODEL = 'gemini-2.5-flash'

/** With a base URL of its own the CLI wants to be told how it logs in; and it is to try once. */
const SETTINGS = {
  security: { auth: { selectedType: 'gemini-api-key' } },
  privacy: { usageStatisticsEnabled: false },
  telemetry: { enabled: false },
  general: { maxAttempts: 1, retryFetchErrors: false, enableAutoUpdate: false },
}

/** Writes the settings into the home. */
export async function prepareGemini({ home }: Place): Promise<void> {
  await mkdir(join(home, '.gemini'))
  await writeFile(join(home, '.gemini/settings.json'), JSON.stringify(SETTINGS))
}

/** An environment of its own, the key, and the vendor on loopback. */
export function geminiEnvironment(place: Place): Record<string, string> {
  return {
    ...environmentOf(place),
    GEMINI_API_KEY: KEY,
    GOOGLE_GEMINI_BASE_URL: place.url,
    GEMINI_CLI_TRUST_WORKSPACE: 'true',
    GEMINI_CLI_NO_RELAUNCH: 'true',
  }
}

/** Gemini's own tool for files. */
export function geminiWrites(path: string, content: string): ToolUse {
  return { name: 'write_file', input: { file_path: path, content } }
}

/** Gemini's own tool for commands. */
export function geminiShells(command: string): ToolUse {
  return { name: 'run_shell_command', input: { command, description: 'Run it' } }
}
