/** @batonjs/engine-ai: any model of the `ai` SDK as an engine for Baton. */

export { createAiEngine } from './ai-engine.ts'
export type { AiEngineOptions, AiPrice, AiSettings } from './ai-options.ts'
export type { AiSdk } from './ai-sdk.ts'
