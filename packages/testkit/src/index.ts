/** @batonjs/testkit: the promises of Baton's ports as tests, and the means to test what is built on them. */

export { allOf, collect, type EventOf, firstOf, lastOf, take, typesOf } from './collect.ts'
export { type CrashStorage, crashStorage } from './crash/crash-storage.ts'
export type { CrashMode, CrashPlan } from './crash/fate.ts'
export { type CrashReport, type CrashTest, testCrashes } from './crash/test-crashes.ts'
export type { EngineScenarios } from './engine/engine-kit.ts'
export type { RecordingFactBoard } from './engine/fact-board.ts'
export {
  createStepContext,
  type RecordedUse,
  type TestStepContext,
  type TestStepContextOptions,
} from './engine/step-context.ts'
export {
  type EngineCaseId,
  type EngineCasesOptions,
  engineCases,
  type TestEngineOptions,
  testEngine,
} from './engine/test-engine.ts'
export { createHandClock, type HandClock } from './hand-clock.ts'
export { checkJournal } from './journal/check-journal.ts'
export type { StorageUnderTest } from './storage/storage-kit.ts'
export {
  type CreateStorage,
  type StorageCaseId,
  type StorageCasesOptions,
  storageCases,
  type TestStorageOptions,
  testStorage,
} from './storage/test-storage.ts'
export type { ConformanceCase, Skips, TestRegistrar, TestRunner } from './suite/suite.ts'
