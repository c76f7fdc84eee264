import type { FunctionContext } from '../engine/context.ts'
import type {
  AgentStep,
  FlowDefinition,
  FunctionStep,
  MapItemStep,
  MapStep,
  StepDefinition,
} from './definition.ts'
import type { JsonSchema, JsonValue } from './json.ts'

/** A flow with the functions of its function steps; the functions are in no JSON and in no digest. */
export interface Flow extends FlowDefinition {
  /** The function of each function step (of each map's, under the map's id). Not enumerable. */
  readonly functions: ReadonlyMap<string, StepFunction>
}

/** The code of a function step. Its return value is the step's output; it must survive JSON; nothing is `null`. */
export type StepFunction = (context: FunctionContext) => FunctionOutput | Promise<FunctionOutput>

/** What a function step gives. */
// biome-ignore lint/suspicious/noConfusingVoidType: a function without `return` has the type `void`
export type FunctionOutput = JsonValue | undefined | void

/** What `defineFlow` takes: a {@link FlowDefinition} without its digest, in a shorter hand. */
export interface FlowInput extends Omit<FlowDefinition, 'steps' | 'digest'> {
  readonly steps: readonly StepInput[]
}

/** A step as it is written in TypeScript: `kind` is 'agent' when left out. */
export type StepInput =
  | AgentStepInput
  | FunctionStepInput
  | MapStepInput
  | Exclude<StepDefinition, AgentStep | FunctionStep | MapStep>

/** An agent step as it is written in TypeScript. */
export interface AgentStepInput extends Omit<AgentStep, 'kind' | 'output'> {
  readonly kind?: 'agent'
  /** JSON Schema, or a Standard Schema that carries one. */
  readonly output?: JsonSchema | StandardSchema
}

/** A function step as it is written in TypeScript. */
export interface FunctionStepInput extends Omit<FunctionStep, 'output'> {
  readonly run: StepFunction
  /** JSON Schema, or a Standard Schema that carries one. */
  readonly output?: JsonSchema | StandardSchema
}

/** A map as it is written in TypeScript: one step, or a flow by its key. */
export interface MapStepInput extends Omit<MapStep, 'step'> {
  readonly step: MapItemInput
}

/** The step of a map as it is written in TypeScript; id, edges, checks and forgiveness are the map's. */
export type MapItemInput =
  | Omit<AgentStepInput, OfTheMap>
  | Omit<FunctionStepInput, OfTheMap>
  | DistributiveOmit<Exclude<MapItemStep, AgentStep | FunctionStep>, OfTheMap>

type OfTheMap = 'id' | 'needs' | 'triggerRule' | 'losers' | 'routing' | 'verify' | 'allowFailure'

type DistributiveOmit<T, K extends PropertyKey> = T extends unknown ? Omit<T, K> : never

/** The Standard JSON Schema convention: a schema library's object that can tell its JSON Schema. */
export interface StandardSchema {
  readonly '~standard': {
    readonly vendor: string
    readonly jsonSchema?: { input(options: { target: string }): unknown }
  }
}
