/** My job: which engine and model an execution uses. */
import type { PlainError } from '../../errors/plain-error.ts'
import type { EngineFallback } from '../../events/step-events.ts'
import type { FlowDefinition, StepDefinition } from '../../flow/definition.ts'
import type { Execution, FrameState, RunState } from '../../run/state.ts'
import type { Host } from '../host.ts'
import type { Session } from '../session.ts'

/** An engine and a model, as far as somebody has chosen them. */
export interface EngineChoice {
  readonly id: string | undefined
  readonly model: string | undefined
}

/** The engine and the model of an execution: step, what runs it, flow, run, orchestrator, in this order. */
export function engineOf({ host, state }: Session, execution: Execution): EngineChoice {
  const { frame, step } = execution
  return chooseNow(host, state, {
    execution,
    flow: frame.graph.definition,
    definition: step.place.definition,
  })
}

/** As {@link engineOf}, by another definition of the flow. */
export function engineFor(
  host: Host,
  state: RunState,
  execution: Execution,
  flow: FlowDefinition,
): EngineChoice {
  const { place } = execution.step
  const definition = flow.steps.find(({ id }) => id === place.id) ?? place.definition
  return chooseNow(host, state, { execution, flow, definition })
}

const UNABLE: ReadonlySet<string> = new Set(['engine_unavailable', 'auth'])

/** The next engine in the place of one that has turned out to be unable to run, if there is one left. */
export function fallbackOf(
  { host, state }: Session,
  execution: Execution,
  { code }: PlainError,
): EngineFallback | undefined {
  if (!UNABLE.has(code) || execution.engine === undefined) return undefined
  const { frame, step, fallback } = execution
  const chosen = choose(host, state, {
    execution,
    flow: frame.graph.definition,
    definition: step.place.definition,
  })
  const from = chosen.id ?? ''
  const chain = host.fallbacks[from] ?? []
  const place = fallback?.from === from ? chain.findIndex(({ engine }) => engine === fallback.engine) + 1 : 0
  const next = chain[place]
  return next === undefined ? undefined : { from, ...next }
}

/** As it was chosen, or what stands in for that since an attempt found it unable to run. */
function chooseNow(host: Host, state: RunState, place: Place): EngineChoice {
  const chosen = choose(host, state, place)
  const { fallback } = place.execution
  return fallback === undefined || fallback.from !== chosen.id
    ? chosen
    : { id: fallback.engine, model: fallback.model }
}

interface Place {
  readonly execution: Execution
  readonly flow: FlowDefinition
  readonly definition: StepDefinition
}

function choose(host: Host, state: RunState, { execution, flow, definition }: Place): EngineChoice {
  const { item, frame } = execution
  const inner = definition.kind === 'map' && item !== undefined ? definition.step : undefined
  const parent = chosenByParent(state, frame)
  const { defaults } = flow
  const { manifest } = state
  return {
    id: nearestEngine(host, [inner?.engine, definition.engine, parent.id, defaults?.engine, manifest.engine]),
    model: inner?.model ?? definition.model ?? parent.model ?? defaults?.model ?? manifest.model,
  }
}

/** The engine of whoever stands nearest to the step and names one, or the orchestrator's default. */
export function nearestEngine(host: Host, named: readonly (string | undefined)[]): string | undefined {
  return named.find((engine) => engine !== undefined) ?? host.defaultEngine
}

/** What the steps above a child flow say for all that is below them. */
export function chosenByParent(state: RunState, { parent }: FrameState): EngineChoice {
  const frame = parent === undefined ? undefined : state.frames.get(parent.frame)
  if (parent === undefined || frame === undefined) return { id: undefined, model: undefined }
  const definition = frame.graph.byId.get(parent.stepId)?.definition
  const inner = definition?.kind === 'map' ? definition.step : undefined
  const above = chosenByParent(state, frame)
  return {
    id: inner?.engine ?? definition?.engine ?? above.id,
    model: inner?.model ?? definition?.model ?? above.model,
  }
}
