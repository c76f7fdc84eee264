import { createGeminiEngine } from '@batonjs/engine-gemini'
import { GEMINI_BINARY, GEMINI_MODEL, geminiEnvironment, geminiShells, geminiWrites } from './gemini.ts'
import { installedPath, missingOf } from './installed.ts'
import type { Target } from './target.ts'

const CANNOT_ASK = 'headless Gemini cannot ask: use mode `acp`'

/** The `gemini` program, headless. */
export const geminiCli: Target = {
  key: 'gemini-cli',
  title: 'gemini 0.61.0',
  vendor: 'gemini',
  missing: () => missingOf(GEMINI_BINARY),
  createEngine: (place) =>
    createGeminiEngine({
      mode: 'cli',
      command: installedPath(GEMINI_BINARY),
      env: geminiEnvironment(place),
      model: GEMINI_MODEL,
    }),
  writes: geminiWrites,
  shells: geminiShells,
  isPriced: false,
  hasSessionAtOnce: true,
  continues: true,
  cannot: { approved: CANNOT_ASK, rejected: CANNOT_ASK },
  kitSkips: {},
  remarks: {},
}
