import { createAcpEngine } from '@batonjs/engine-acp'
import { CLAUDE_MODEL, claudeEnvironment, claudeShells, claudeWrites } from './claude.ts'
import { installedPath, missingOf } from './installed.ts'
import type { Target } from './target.ts'

const BINARY = '.bin/claude-agent-acp'

/** Claude behind the Agent Client Protocol. */
export const claudeAcp: Target = {
  key: 'claude-acp',
  title: 'claude-agent-acp 0.49.0',
  vendor: 'anthropic',
  missing: () => missingOf(BINARY),
  createEngine: (place) =>
    createAcpEngine({
      preset: 'claude',
      command: installedPath(BINARY),
      env: { ...claudeEnvironment(place), ANTHROPIC_MODEL: CLAUDE_MODEL },
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
