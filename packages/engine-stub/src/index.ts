/** @batonjs/engine-stub: an engine without a model, scripted and deterministic; and cassettes of any engine. */

export { type RecordEngineOptions, recordEngine } from './cassette/record-engine.ts'
export { createReplayEngine, type ReplayEngine, type ReplayEngineOptions } from './cassette/replay-engine.ts'
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
