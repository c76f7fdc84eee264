/** @batonjs/engine-gemini: the Gemini CLI as an engine. */

export { createGeminiEngine } from './gemini-engine.ts'
export type { GeminiEngineOptions } from './gemini-options.ts'
