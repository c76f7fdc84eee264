/** @batonjs/core: flows of agent steps, one ordered record of events, any engine, any storage. */

export { didYouMean } from './errors/closest.ts'
export { type PlainError, toPlainError } from './errors/plain-error.ts'
export { EngineError, FlowError, RunError, StorageError, SwarmError, type SwarmErrorOptions } from './errors/swarm-error.ts'
