/** My job: to gather from events what the receipt and the envelope of an attempt are made of. */
import type { EventEnvelope, StepScope } from '../../events/envelope.ts'
import type { FileChange, StepStart } from '../../events/step-events.ts'
import type { DurableEvent } from '../../events/swarm-event.ts'
import { digestText } from '../../flow/digest.ts'
import type { GraphStep } from '../../flow/graph.ts'
import type { ComposedPrompt } from '../../prompt/compose.ts'
import { placeOf } from '../../run/address.ts'
import type { RunState } from '../../run/state.ts'
import { type ArtifactPaths, artifactPaths } from './artifact-paths.ts'
import type { EnvelopeInput } from './envelope.ts'
import type { AttemptEnd, ReceiptEngine, ReceiptInput } from './receipt.ts'

/** What is written about an attempt that has ended. */
export interface Attempt {
  readonly paths: ArtifactPaths
  readonly receipt: ReceiptInput
  readonly envelope: EnvelopeInput
  /** Whether this process called its engine, and knows what no event tells. */
  readonly wasCalledHere: boolean
}

/** Gathers attempts of agent steps. */
export interface Attempts {
  /** Takes an event in; gives the attempt that it ended, or about which it tells more. */
  observe(event: DurableEvent): Attempt | undefined
  /** Where the files of an attempt lie that has begun. */
  pathsOf(scope: StepScope): ArtifactPaths | undefined
  /** The engine is called with a prompt. */
  prompted(pass: {
    readonly call: { readonly scope: StepScope }
    readonly engine: ReceiptEngine
    readonly composed: ComposedPrompt
  }): void
}

interface Gathered {
  readonly start: StepStart & EventEnvelope
  readonly paths: ArtifactPaths
  end?: AttemptEnd
  receipt: Partial<ReceiptInput>
  envelope: Partial<EnvelopeInput>
  toolCalls: number
  readonly files: FileChange[]
  wasCalledHere: boolean
}

/** Knows no attempt yet; what the events do not tell of a step, its definition does. */
export function createAttempts(state: RunState): Attempts {
  const gathered = new Map<string, Gathered>()
  const find = (scope: Pick<StepScope, 'frame' | 'stepId' | 'item'>): Gathered | undefined =>
    gathered.get(placeOf(scope.frame, scope.stepId, scope.item))
  return {
    observe(event) {
      if (event.type === 'step_start') {
        if (event.kind !== 'agent') return undefined
        const place = state.frames.get(event.frame)?.graph.byId.get(event.stepId)
        gathered.set(placeOf(event.frame, event.stepId, event.item), begin(event, place))
        return undefined
      }
      return gathered.size > 0 && 'stepId' in event ? more(find(event), event) : undefined
    },
    pathsOf: (scope) => find(scope)?.paths,
    prompted({ call, engine, composed }) {
      const known = find(call.scope)
      if (known === undefined) return
      const { truncation } = composed
      known.wasCalledHere = true
      known.receipt = { ...known.receipt, engine, ...(truncation === undefined ? {} : { truncation }) }
      known.envelope = { ...known.envelope, promptHash: digestText(composed.prompt) }
    },
  }
}

function begin(start: StepStart & EventEnvelope, place: GraphStep | undefined): Gathered {
  const paths = artifactPaths({ ...start, engine: start.engine ?? 'none' })
  return {
    start,
    paths,
    receipt: loopOf(place),
    envelope: stationOf(place),
    toolCalls: 0,
    files: [],
    wasCalledHere: false,
  }
}

/** The bound of the loop that the step decides. */
function loopOf(place: GraphStep | undefined): Pick<ReceiptInput, 'maxIterations'> {
  const bounds = place?.decides.map(({ maxIterations }) => maxIterations) ?? []
  return bounds.length === 0 ? {} : { maxIterations: Math.max(...bounds) }
}

function stationOf(place: GraphStep | undefined): Pick<EnvelopeInput, 'station'> {
  const definition = place?.definition.kind === 'map' ? place.definition.step : place?.definition
  if (definition?.kind !== 'agent' || definition.station === undefined) return {}
  return { station: definition.station }
}

/** An end is written at once; a check or a route that follows is written into the same files again. */
function more(known: Gathered | undefined, event: DurableEvent): Attempt | undefined {
  if (known === undefined) return undefined
  switch (event.type) {
    case 'step_end':
    case 'step_error':
      known.end = event
      break
    case 'step_skipped':
      if (event.attempt !== known.start.attempt) return undefined
      known.end = event
      break
    case 'tool_start':
      known.toolCalls += 1
      return undefined
    case 'file_changes':
      for (const file of event.files) known.files.push(file)
      return undefined
    case 'step_session':
      known.receipt = { ...known.receipt, sessionDigest: event.digest ?? null }
      return undefined
    case 'verification_passed':
    case 'verification_failed':
      known.envelope = { ...known.envelope, verification: event }
      break
    case 'routing_decision':
      known.receipt = { ...known.receipt, routing: event }
      known.envelope = { ...known.envelope, routing: event }
      break
    default:
      return undefined
  }
  return known.end === undefined ? undefined : toAttempt(known, known.end)
}

function toAttempt(known: Gathered, end: AttemptEnd): Attempt {
  const { start, paths, receipt, envelope, toolCalls, files, wasCalledHere } = known
  return {
    paths,
    receipt: { ...receipt, start, end, paths, toolCalls },
    envelope: { ...envelope, start, end, files },
    wasCalledHere,
  }
}
