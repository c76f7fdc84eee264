/** @batonjs/child-process: starts a program for an engine, reads its lines, and ends it with everything it started. */

export { pickEnvironment } from './environment.ts'
export { type MarkOptions, markProcesses, type ProcessMark } from './process-mark.ts'
export type { EndOptions, ProcessExit, ProcessOptions, RunningProcess } from './process-options.ts'
export { checkFolder, toStartFailure } from './spawn-failure.ts'
export { startProcess } from './start-process.ts'
