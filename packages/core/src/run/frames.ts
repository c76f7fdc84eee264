/** My job: the state of a new visit of a flow, and which of its steps are in range. */
import type { FlowStart } from '../events/flow-events.ts'
import type { FlowDefinition } from '../flow/definition.ts'
import { compileFlow, type FlowGraph, type GraphStep } from '../flow/graph.ts'
import { pushSkip, setTimer } from './agenda.ts'
import { emptyCounts } from './edge-counts.ts'
import { consider, EDGE } from './edges.ts'
import type { Execution, FrameState, ItemPlace, RunState, StepState } from './state.ts'

/** Begins a visit: its roots become ready, steps out of range are skipped. */
export function openFrame(state: RunState, event: FlowStart, definition: FlowDefinition): FrameState {
  const graph = compileFlow(definition)
  const frame = createFrame(state.runId, event, graph)
  state.frames.set(frame.id, frame)
  const isInRange = rangeOf(state, frame)
  for (const step of frame.steps) if (!isInRange(step.place.index)) frame.outside.add(step)
  countEdges(frame)
  for (const step of frame.steps) {
    if (frame.outside.has(step)) pushSkip(state.agenda, step, 'out_of_range')
    else if (step.edges.data + step.edges.routes === 0) consider(state, step)
  }
  if (event.deadlineAt !== undefined)
    setTimer(state.agenda, { kind: 'duration', at: event.deadlineAt, frame })
  return frame
}

function createFrame(runId: string, event: FlowStart, graph: FlowGraph): FrameState {
  const frame: FrameState = {
    runId,
    id: event.frame,
    flowKey: event.flowKey,
    visit: event.visit,
    graph,
    params: event.params,
    parent: event.parent,
    depth: event.depth,
    index: event.index,
    steps: [],
    decided: new Uint8Array(graph.edges.length),
    settled: 0,
    executions: 0,
    loops: new Map(),
    closing: undefined,
    error: undefined,
    outcome: undefined,
    result: undefined,
    waitingRearms: new Set(),
    spilled: new Set(),
    outside: new Set(),
    injected: [],
    balance: undefined,
  }
  frame.steps = graph.steps.map((place) => createStep(frame, place))
  return frame
}

/** `startStep` bounds the first visit of the run, `endStep` the visit of the last flow of the list. */
function rangeOf(state: RunState, frame: FrameState): (index: number) => boolean {
  const { startStep, endStep, flows } = state.manifest
  const isFirst = frame.index === 1
  const isLast = frame.index !== undefined && state.journey.position === flows.length - 1
  const start = isFirst && startStep !== undefined ? frame.graph.byId.get(startStep)?.index : undefined
  const end = isLast && endStep !== undefined ? frame.graph.byId.get(endStep)?.index : undefined
  return (index) => index >= (start ?? 0) && index <= (end ?? Number.POSITIVE_INFINITY)
}

/** Counts what each step waits for. An edge from a step out of range says nothing: it is not waited for. */
export function countEdges(frame: FrameState): void {
  for (const edge of frame.graph.edges) {
    const source = frame.steps[edge.from]
    const target = frame.steps[edge.to]
    if (source === undefined || target === undefined) continue
    if (frame.outside.has(source)) frame.decided[edge.id] = EDGE.silent
    else if (edge.kind === 'data') target.edges.data += 1
    else target.edges.routes += 1
  }
}

/** The state of a step that nothing has happened to. Written out: a large flow makes many of them. */
export function createStep(frame: FrameState, place: GraphStep): StepState {
  const step = {
    frame,
    step: undefined,
    item: undefined,
    status: 'pending' as const,
    iteration: 1,
    attempt: 0,
    interruptions: 0,
    retries: 0,
    contentKey: undefined,
    engine: undefined,
    model: undefined,
    inputDigests: undefined,
    session: undefined,
    sessionKey: undefined,
    result: undefined,
    error: undefined,
    skipReason: undefined,
    retryAt: undefined,
    requests: [],
    child: undefined,
    fileChanges: undefined,
    scope: undefined,
    fallback: undefined,
    told: undefined,
    reserved: undefined,
    balance: undefined,
    start: undefined,
    place,
    gateVerdict: undefined,
    verification: 'none' as const,
    taken: undefined,
    heldUp: false,
    winner: undefined,
    lost: false,
    edges: emptyCounts(),
    map: undefined,
    itemAttempts: undefined,
  }
  // A step is its own execution: the circle can only be closed once the object is there.
  return Object.assign(step, { step: step as unknown as StepState })
}

/** The state of a map item that nothing has happened to. */
export function createItem(step: StepState, item: ItemPlace): Execution {
  return {
    frame: step.frame,
    step,
    item,
    status: 'pending',
    iteration: step.iteration,
    attempt: step.itemAttempts?.get(item.key) ?? 0,
    interruptions: 0,
    retries: 0,
    contentKey: undefined,
    engine: undefined,
    model: undefined,
    inputDigests: undefined,
    session: undefined,
    sessionKey: undefined,
    result: undefined,
    error: undefined,
    skipReason: undefined,
    retryAt: undefined,
    requests: [],
    child: undefined,
    fileChanges: undefined,
    scope: undefined,
    fallback: undefined,
    told: undefined,
    reserved: undefined,
    balance: undefined,
    start: undefined,
  }
}
