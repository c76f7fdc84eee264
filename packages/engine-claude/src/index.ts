/** @batonjs/engine-claude: steps on Claude, by its CLI or by its Agent SDK. */

export { createClaudeEngine } from './claude-engine.ts'
export type { ClaudeEngineOptions } from './claude-options.ts'
export type { ClaudeQuery, ClaudeSdk } from './claude-sdk.ts'
