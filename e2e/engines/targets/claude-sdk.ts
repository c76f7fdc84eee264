import { pathToFileURL } from 'node:url'
import { type ClaudeSdk, createClaudeEngine } from '@batonjs/engine-claude'
import { CLAUDE_BINARY, CLAUDE_MODEL, claudeEnvironment, claudeShells, claudeWrites } from './claude.ts'
import { installedPath, missingOf } from './installed.ts'
import type { Target } from './target.ts'

const MODULE = '@anthropic-ai/claude-agent-sdk/sdk.mjs'

/** The module; without it the column is not run. */
const sdk: ClaudeSdk | undefined =
  missingOf(MODULE) === undefined ? await import(pathToFileURL(installedPath(MODULE)).href) : undefined

/** The Claude Agent SDK. */
export const claudeSdk: Target = {
  key: 'claude-sdk',
  title: 'claude-agent-sdk 0.3.329',
  vendor: 'anthropic',
  missing: () => missingOf(MODULE, CLAUDE_BINARY),
  createEngine: (place) =>
    createClaudeEngine({
      ...(sdk === undefined ? { mode: 'sdk' } : { sdk }),
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
