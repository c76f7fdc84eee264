/** What all ways to run Claude have in common. */
import type { ToolUse } from '@batonjs/vendor-server'
import { environmentOf, KEY, type Place } from '../stage/place.ts'

/**
 * The native program of Claude Code 2.1.329, as the Agent SDK of this version brings it: byte for byte that of the CLI's
 * own package, which would be another 361 MB.
 */
export const CLAUDE_BINARY = `@anthropic-ai/claude-agent-sdk-${process.platform}-${process.arch}/claude`

export const CLAUDE_MODEL = 'claude-sonnet-4-5'

/** An environment of its own, the key, and the vendor on loopback. */
export function claudeEnvironment(place: Place): Record<string, string> {
  return {
    ...environmentOf(place),
    CLAUDE_CODE_TMPDIR: place.temporary,
    CLAUDE_CODE_DISABLE_NONESSENTIAL_TRAFFIC: '1',
    ANTHROPIC_BASE_URL: place.url,
    ANTHROPIC_API_KEY: KEY,
  }
}

/** Claude's own tool for files. */
export function claudeWrites(path: string, content: string): ToolUse {
  return { name: 'Write', input: { file_path: path, content } }
}

/** Claude's own tool for commands. */
export function claudeShells(command: string): ToolUse {
  return { name: 'Bash', input: { command, description: 'Run it' } }
}
