/** My job: from options to what is done with every call, whatever the mode. */
import { acpPresets } from '@batonjs/engine-acp'
import type { GeminiEngineOptions } from './gemini-options.ts'
import { type GeminiSetting, settingOf } from './gemini-setting.ts'

/** How Gemini is run. */
export interface GeminiPlan {
  readonly setting: GeminiSetting
  readonly model: string
  readonly install: string
  readonly approvalMode: GeminiEngineOptions['approvalMode']
  readonly workspace: string | undefined
  readonly startTimeoutMs: number
}

const MODEL = 'gemini-2.5-pro'
const START_TIMEOUT_MS = 60_000

/** Resolves the defaults. */
export function planGemini(options: GeminiEngineOptions): GeminiPlan {
  const { model = MODEL, approvalMode, workspace, startTimeoutMs = START_TIMEOUT_MS } = options
  const { install } = acpPresets.gemini
  return { setting: settingOf(options), model, approvalMode, workspace, startTimeoutMs, install }
}
