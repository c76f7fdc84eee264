import { aiSdk } from './ai.ts'
import { claudeAcp } from './claude-acp.ts'
import { claudeCli } from './claude-cli.ts'
import { claudeSdk } from './claude-sdk.ts'
import { geminiAcp } from './gemini-acp.ts'
import { geminiCli } from './gemini-cli.ts'
import type { Target } from './target.ts'

/** The columns of the table. */
export const TARGETS: readonly Target[] = [claudeCli, claudeSdk, claudeAcp, geminiCli, geminiAcp, aiSdk]

/** A target by its key. */
export function targetOf(key: string): Target {
  const target = TARGETS.find((it) => it.key === key)
  if (target === undefined) throw new Error(`No target "${key}"`)
  return target
}
