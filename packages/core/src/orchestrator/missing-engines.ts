/**
 * My job: which engines the steps to come need and are not here, so that no run is begun or taken up only to
 * fail for want of one. My neighbour `calls/engine-choice` says which engine a step uses.
 *
 * Invariant: a step that has its result needs no engine, unless it is to run again or a loop may lead back.
 */
import { knownHint } from '../errors/closest.ts'
import { FlowError } from '../errors/swarm-error.ts'
import type { FlowDefinition, StepDefinition } from '../flow/definition.ts'
import { hasExited } from '../run/edges.ts'
import { withInjected } from '../run/graph-change.ts'
import type { Revisions } from '../run/revision.ts'
import {
  type ExecutionStatus,
  type FrameState,
  isSettled,
  type RunState,
  type StepState,
} from '../run/state.ts'
import { chosenByParent, nearestEngine } from './calls/engine-choice.ts'
import type { Host } from './host.ts'
import type { MissingEngine } from './options.ts'

/** A step to come, and the engine that it would use. */
export interface EngineNeed {
  readonly engine: string | undefined
  /** `frame/step`, or `flow/step` where there is no visit yet. */
  readonly step: string
  /** The step of a visit that leads to it; itself, when it is one. */
  readonly by: string | undefined
}

/** What is taken up of a run. */
export interface TakenUp {
  /** Settled steps that run again, as `frame/step`. */
  readonly again: Pick<ReadonlySet<string>, 'has' | 'size'>
  readonly revisions: Revisions
}

/** The steps of a run that are to come and whose engines are not here. */
export function unmetNeeds(host: Host, state: RunState, takenUp: TakenUp): readonly EngineNeed[] {
  const edited = new Map(takenUp.revisions.flows.map(({ flow }) => [flow.key, flow]))
  const outlook: Outlook = {
    host,
    runEngine: state.manifest.engine,
    flowOf: (key) => edited.get(key) ?? state.flows.get(key),
  }
  const isReopened = takenUp.again.size > 0 || takenUp.revisions.flows.some(({ frames }) => frames.length > 0)
  if (state.final !== undefined && state.journey.due === undefined && !isReopened) return []
  const visited = [...state.frames.values()].flatMap((frame) => needsOfFrame(outlook, state, frame, takenUp))
  return unmet(host, [...visited, ...flowsToCome(state).flatMap((key) => needsOfFlow(outlook, key))])
}

/** The steps of flows that are about to be run and whose engines are not here. */
export function unmetNeedsOf(
  host: Host,
  flows: readonly string[],
  runEngine: string | undefined,
): readonly EngineNeed[] {
  const outlook: Outlook = { host, runEngine, flowOf: (key) => host.flows.get(key) }
  return unmet(
    host,
    flows.flatMap((key) => needsOfFlow(outlook, key)),
  )
}

/** The engines that are missing, each with the steps that need it. */
export function groupByEngine(needs: readonly EngineNeed[]): readonly MissingEngine[] {
  const steps = new Map<string | undefined, string[]>()
  for (const { engine, step } of needs) steps.set(engine, [...(steps.get(engine) ?? []), step])
  return [...steps].map(([engine, names]) => ({ ...(engine === undefined ? {} : { engine }), steps: names }))
}

/** Throws `unknown_engine` that names each engine and its steps. */
export function refuseUnmet(host: Host, who: string, needs: readonly EngineNeed[]): void {
  const engines = groupByEngine(needs)
  if (engines.length === 0) return
  const lines = engines.map(({ engine, steps }) => {
    const why =
      engine === undefined
        ? 'an engine, but none is configured'
        : `engine "${engine}", which is not configured`
    const hint = engine === undefined ? '' : knownHint(engine, host.engines.keys())
    return `${who} needs ${why}, for ${steps.join(', ')}.${hint} Give it to createOrchestrator.`
  })
  throw new FlowError(lines.join('\n'), { code: 'unknown_engine', details: { engines } })
}

function unmet(host: Host, needs: readonly EngineNeed[]): readonly EngineNeed[] {
  return needs.filter(({ engine }) => engine === undefined || !host.engines.has(engine))
}

/** What the needs of steps are read from. */
interface Outlook {
  readonly host: Host
  readonly runEngine: string | undefined
  readonly flowOf: (key: string) => FlowDefinition | undefined
}

function flowsToCome({ manifest, journey }: RunState): readonly string[] {
  const listed = manifest.flows.slice(journey.position + 1)
  return journey.due === undefined ? listed : [...new Set([journey.due, ...listed])]
}

function needsOfFrame(
  outlook: Outlook,
  state: RunState,
  frame: FrameState,
  { again, revisions }: TakenUp,
): readonly EngineNeed[] {
  if (revisions.discarded.has(frame.id)) return []
  const revision = revisions.flows.find(({ frames }) => frames.includes(frame.id))
  const flow = revision === undefined ? frame.graph.definition : withInjected(revision.flow, frame.injected)
  const goesOn = frame.outcome === undefined || revision !== undefined
  const above = chosenByParent(state, frame).id
  const known = new Map(frame.steps.map((step) => [step.place.id, step]))
  return flow.steps.flatMap((definition) => {
    const name = `${frame.id}/${definition.id}`
    const step = known.get(definition.id)
    const isAgain = again.has(name)
    const runs = isAgain || (goesOn && (step === undefined || mayRun(frame, step)))
    if (!runs || (step !== undefined && isToldBelow(step, isAgain))) return []
    return needsOfStep(outlook, { definition, flow, above, name, by: name, within: [flow.key] })
  })
}

/** Statuses in which a step's own work is still to be done. */
const TO_DO: ReadonlySet<ExecutionStatus> = new Set(['pending', 'ready', 'running', 'retrying'])

function mayRun(frame: FrameState, step: StepState): boolean {
  if (step.map !== undefined && step.status === 'running') {
    return step.map.executions.some(({ status }) => TO_DO.has(status))
  }
  if (frame.closing !== undefined) return step.status === 'running' || step.status === 'retrying'
  return TO_DO.has(step.status) || step.place.loops.some((loop) => !hasExited(frame, loop))
}

/** Whether all that is left of it goes on in visits that there are: their own steps tell what they need. */
function isToldBelow(step: StepState, isAgain: boolean): boolean {
  if (isSettled(step.status) && !isAgain) return false
  const executions = step.map?.executions ?? [step]
  return executions.every(({ child, status }) => child !== undefined || (!isAgain && isSettled(status)))
}

/** A step as it is looked at: of a visit, or of a flow to come. */
interface StepToCome {
  readonly definition: StepDefinition
  readonly flow: FlowDefinition
  /** The engine that the steps above choose for all below them. */
  readonly above: string | undefined
  readonly name: string
  readonly by: string | undefined
  /** Flows that are being looked at: a flow that leads to itself is looked at once. */
  readonly within: readonly string[]
}

function needsOfStep(outlook: Outlook, step: StepToCome): readonly EngineNeed[] {
  const { definition, flow, above, name, by, within } = step
  const inner = definition.kind === 'map' ? definition.step : definition
  if (inner.kind === 'agent') {
    const engine = nearestEngine(outlook.host, [
      inner.engine,
      definition.engine,
      above,
      flow.defaults?.engine,
      outlook.runEngine,
    ])
    return [{ engine, step: name, by }]
  }
  if (inner.kind !== 'flow') return []
  return needsOfFlow(outlook, inner.flow, { above: inner.engine ?? definition.engine ?? above, by, within })
}

function needsOfFlow(
  outlook: Outlook,
  key: string,
  { above, by, within }: Pick<StepToCome, 'above' | 'by' | 'within'> = {
    above: undefined,
    by: undefined,
    within: [],
  },
): readonly EngineNeed[] {
  const flow = outlook.flowOf(key)
  if (flow === undefined || within.includes(key)) return []
  return flow.steps.flatMap((definition) =>
    needsOfStep(outlook, {
      definition,
      flow,
      above,
      name: `${key}/${definition.id}`,
      by,
      within: [...within, key],
    }),
  )
}
