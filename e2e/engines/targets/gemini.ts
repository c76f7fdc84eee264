/** What both ways to run Gemini have in common. */
import type { ToolUse } from '@batonjs/vendor-server'
import { environmentOf, KEY, type Place } from '../stage/place.ts'

export const GEMINI_BINARY = '.bin/gemini'

export const GEMINI_MODEL = 'gemini-2.5-flash'

/** An environment of its own, the key, and the vendor on loopback. */
export function geminiEnvironment(place: Place): Record<string, string> {
  return {
    ...environmentOf(place),
    GEMINI_API_KEY: KEY,
    GOOGLE_GEMINI_BASE_URL: place.url,
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
