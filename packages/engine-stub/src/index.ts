/** @batonjs/engine-stub: an engine without a model, scripted and deterministic. */

export { createHostileEngines } from './hostile-engines.ts'
export { createHostileReplies } from './hostile-replies.ts'
export type {
  StubAct,
  StubCall,
  StubEnding,
  StubFailure,
  StubProposal,
  StubReplies,
  StubReply,
  StubScript,
  StubStream,
  StubTable,
  StubTool,
} from './script.ts'
export type { StubClock } from './stub-clock.ts'
export { createStubEngine, type StubEngine, type StubEngineOptions } from './stub-engine.ts'
