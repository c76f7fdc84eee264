/** My job: from a request to the manifest of a run: all that can be wrong is told before anything is written. */
import { knownHint } from '../errors/closest.ts'
import { FlowError } from '../errors/swarm-error.ts'
import type { RunManifest } from '../events/run-events.ts'
import type { Budget } from '../flow/budget.ts'
import type { FlowDefinition, FlowLimits } from '../flow/definition.ts'
import type { JsonObject } from '../flow/json.ts'
import { validateJson } from '../flow/schema.ts'
import type { Host } from './host.ts'
import { refuseUnmet, unmetNeedsOf } from './missing-engines.ts'
import type { RunRequest } from './options.ts'
import { toPlainJson } from './plain-json.ts'

/** A manifest and every flow that its run may visit. */
export interface RunPlan {
  readonly manifest: RunManifest
  readonly flows: readonly FlowDefinition[]
}

/** Plans a run. Throws a {@link FlowError}: `request_invalid`, `flows_missing`, `unknown_flow`, `unknown_step`, `params_invalid`. */
export function planRun(host: Host, request: RunRequest): RunPlan {
  const keys = listOf(host, request)
  const follow = request.follow ?? 'list'
  const listed = keys.map((key) => flowOf(host, key))
  const params = toPlainJson(request.params ?? {}, 'request.params').value
  const manifest: RunManifest = {
    flows: keys,
    follow,
    // An object by its type; toPlainJson has made it JSON.
    params: params as RunManifest['params'],
    ...(request.startStep === undefined ? {} : { startStep: request.startStep }),
    ...(request.endStep === undefined ? {} : { endStep: request.endStep }),
    initiator: request.initiator ?? 'host',
    limits: present(request.limits ?? {}),
    ...(request.budget === undefined ? {} : { budget: present(request.budget) }),
    ...(request.engine === undefined ? {} : { engine: request.engine }),
    ...(request.model === undefined ? {} : { model: request.model }),
  }
  checkSteps(manifest, listed)
  for (const flow of listed) checkParams(manifest.params, flow)
  checkEngine(host, manifest)
  return { manifest, flows: closure(host, keys, follow) }
}

function listOf(host: Host, { flow, flows }: RunRequest): readonly string[] {
  if (host.flows.size === 0)
    refuse('flows_missing', 'No flow is configured. Give createOrchestrator the flows that it is to run.')
  if (flow !== undefined && flows !== undefined) {
    refuse('request_invalid', 'A request names flow or flows, not both.')
  }
  const named = flows ?? (flow === undefined ? undefined : [flow])
  if (named !== undefined) return [...named]
  const [only, ...others] = host.flows.keys()
  if (only !== undefined && others.length === 0) return [only]
  const keys = [...host.flows.keys()].join(', ')
  return refuse(
    'request_invalid',
    `Several flows are configured (${keys}): say in the request which one to run.`,
  )
}

function flowOf(host: Host, key: string): FlowDefinition {
  const flow = host.flows.get(key)
  if (flow !== undefined) return flow
  return refuse('unknown_flow', `No flow "${key}" is configured.${knownHint(key, host.flows.keys())}`)
}

function checkSteps({ startStep, endStep }: RunManifest, listed: readonly FlowDefinition[]): void {
  const start = placeOfStep(listed[0], startStep, 'startStep')
  const end = placeOfStep(listed.at(-1), endStep, 'endStep')
  if (listed.length === 1 && start !== undefined && end !== undefined && start > end) {
    refuse('request_invalid', `startStep "${startStep}" comes after endStep "${endStep}".`)
  }
}

function placeOfStep(
  flow: FlowDefinition | undefined,
  id: string | undefined,
  member: string,
): number | undefined {
  if (id === undefined || flow === undefined) return undefined
  const ids = flow.steps.map((step) => step.id)
  if (ids.includes(id)) return ids.indexOf(id)
  return refuse('unknown_step', `${member} "${id}" is no step of flow "${flow.key}".${knownHint(id, ids)}`)
}

/** Throws `params_invalid` when a flow asks for other params; `wayOut` ends the message. */
export function checkParams(params: JsonObject, flow: FlowDefinition, wayOut = ''): void {
  const problems = flow.params === undefined ? [] : validateJson(flow.params, params)
  if (problems.length === 0) return
  const message = `The params do not match those of flow "${flow.key}": ${problems.join('; ')}.${wayOut}`
  refuse('params_invalid', message)
}

function checkEngine(host: Host, manifest: RunManifest): void {
  const { engine, flows, startStep, endStep } = manifest
  if (engine !== undefined && !host.engines.has(engine)) {
    refuse('unknown_engine', `No engine "${engine}" is configured.${knownHint(engine, host.engines.keys())}`)
  }
  // Whom steps name was looked up when the flows were given; what a range leaves out needs none.
  const isSure = host.engines.size > 0 || startStep !== undefined || endStep !== undefined
  if (!isSure) refuseUnmet(host, 'The run', unmetNeedsOf(host, flows, engine))
}

/** Bounds without members that are `undefined`: a journal would not keep them, and what is folded must be what is read. */
export function present<Bounds extends FlowLimits | Budget>(bounds: Bounds): Bounds {
  // Only members that are not there were left out.
  return Object.fromEntries(Object.entries(bounds).filter(([, bound]) => bound !== undefined)) as Bounds
}

/** The listed flows, their children, and with `macro` what they lead to. */
function closure(host: Host, keys: readonly string[], follow: 'list' | 'macro'): readonly FlowDefinition[] {
  const found = new Map<string, FlowDefinition>()
  const queue = [...keys]
  for (const key of queue) {
    const flow = host.flows.get(key)
    if (flow === undefined || found.has(key)) continue
    found.set(key, flow)
    queue.push(...childrenOf(flow))
    if (follow === 'macro')
      queue.push(...[flow.onComplete, flow.onFailure].flatMap((to) => to?.nextFlow ?? []))
  }
  return [...found.values()]
}

function childrenOf(flow: FlowDefinition): readonly string[] {
  return flow.steps.flatMap((step) => {
    const inner = step.kind === 'map' ? step.step : step
    return inner.kind === 'flow' ? [inner.flow] : []
  })
}

function refuse(code: string, message: string): never {
  throw new FlowError(message, { code })
}
