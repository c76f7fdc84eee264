import { createClaudeEngine } from '@batonjs/engine-claude'
import { CLAUDE_BINARY, CLAUDE_MODEL, claudeEnvironment, claudeShells, claudeWrites } from './claude.ts'
import { installedPath, missingOf } from './installed.ts'
import type { Target } from './target.ts'

/** The `claude` program. */
export const claudeCli: Target = {
  key: 'claude-cli',
  title: 'claude 2.1.329',
  vendor: 'anthropic',
  missing: () => missingOf(CLAUDE_BINARY),
  createEngine: (place) =>
    createClaudeEngine({
      command: installedPath(CLAUDE_BINARY),
      env: claudeEnvironment(place),
      model: CLAUDE_MODEL,
    }),
  writes: claudeWrites,
  shells: claudeShells,
  isPriced: true,
  hasSessionAtOnce: true,
  continues: true,
  cannot: {},
  kitSkips: {},
  remarks: {},
}
