import { createGeminiEngine } from '@batonjs/engine-gemini'
import { GEMINI_BINARY, GEMINI_MODEL, geminiEnvironment, geminiShells, geminiWrites } from './gemini.ts'
import { installedPath, missingOf } from './installed.ts'
import type { Target } from './target.ts'

/** The `gemini` program over the Agent Client Protocol. */
export const geminiAcp: Target = {
  key: 'gemini-acp',
  title: 'gemini --acp 0.61.0',
  vendor: 'gemini',
  missing: () => missingOf(GEMINI_BINARY),
  createEngine: (place) =>
    createGeminiEngine({
      mode: 'acp',
      command: installedPath(GEMINI_BINARY),
      env: geminiEnvironment(place),
      model: GEMINI_MODEL,
    }),
  writes: geminiWrites,
  shells: geminiShells,
  isPriced: false,
  hasSessionAtOnce: true,
  continues: false,
  cannot: {},
  kitSkips: {},
  remarks: { kill: 'begins anew: in 0.61.0 `session/load` empties the session that it is to load' },
}
