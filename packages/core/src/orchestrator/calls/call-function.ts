/** My job: a function step: its context, and what its return value becomes. */

import type { FunctionContext } from '../../engine/context.ts'
import { RunError } from '../../errors/swarm-error.ts'
import type { Handoff } from '../../events/envelope.ts'
import type { StepFunction } from '../../flow/flow.ts'
import { isJsonObject, type JsonValue } from '../../flow/json.ts'
import { validateJson } from '../../flow/schema.ts'
import { frozen, show } from '../../input/value.ts'
import { toHandoff } from '../../prompt/handoff.ts'
import { handoffProblems } from '../../prompt/handoff-problems.ts'
import { resultFor } from '../../run/read-result.ts'
import { definitionOf } from '../../run/state.ts'
import { functionOf } from '../host.ts'
import { asValue, type LoadedTexts, loadTexts, lossOf, NO_TEXTS, refsOf } from '../outputs.ts'
import { toPlainJson, wellFormed } from '../plain-json.ts'
import type { Session } from '../session.ts'
import { type Launch, recordStart } from '../starts/record-start.ts'
import { beginCall, type CallEnd, callError } from './call.ts'
import { createExecutionContext } from './call-context.ts'
import { lazyObject } from './lazy-object.ts'
import type { RunningCall } from './running-call.ts'

/** Records the start, then runs the function. */
export function startFunction(launch: Launch): void {
  recordStart(launch)
  beginCall(launch, (call) => callFunction(launch.session, call))
}

function callFunction(session: Session, call: RunningCall): Promise<CallEnd> | CallEnd {
  const { step, frame } = call.execution
  const run = functionOf(session.host, frame.flowKey, step.place.id)
  if (run === undefined) {
    return callError(
      'function_missing',
      `Step "${step.place.id}" of flow "${frame.flowKey}" has no function here. Give createOrchestrator the flow that defines it.`,
    )
  }
  if (frame.spilled.size === 0) return runFunction(session, call, { run, loaded: NO_TEXTS })
  return loadUpstream(session, call).then((loaded) => runFunction(session, call, { run, loaded }))
}

/** Outputs in artifacts are read before the call, so that `output()` can answer at once, or throw for a lost one. */
function loadUpstream(session: Session, { execution }: RunningCall): Promise<LoadedTexts> {
  const refs = [...execution.frame.spilled].flatMap(({ result }) =>
    result === undefined ? [] : refsOf(result.output),
  )
  return loadTexts(session.artifacts, refs)
}

interface Prepared {
  readonly run: StepFunction
  readonly loaded: LoadedTexts
}

async function runFunction(session: Session, call: RunningCall, { run, loaded }: Prepared): Promise<CallEnd> {
  let handoff: Handoff | undefined
  const handOver = (given: Handoff): void => {
    handoff = given
  }
  const context = lazyObject(() => createContext(session, call, { loaded, handOver }))
  const value = session.host.secrets.copy(await run(context))
  const raw = typeof value === 'string' ? { text: wellFormed(value) } : { data: toPlainJson(value ?? null) }
  const definition = definitionOf(call.execution)
  if (definition.kind === 'function' && definition.output !== undefined) {
    const problems = validateJson(definition.output, raw.data === undefined ? raw.text : raw.data.value)
    if (problems.length > 0)
      return callError('bad_output', `The return value does not match: ${problems.join('; ')}`)
  }
  return {
    raw,
    handoff: handoff === undefined ? undefined : takeHandoff(call, session.host.secrets.copy(handoff)),
  }
}

/** A handoff goes into the record: it must survive JSON too, and is read as that of an engine is. */
function takeHandoff(call: RunningCall, given: Handoff): Handoff | undefined {
  const { value } = toPlainJson(given, 'handoff')
  const problems = isJsonObject(value)
    ? handoffProblems(value, 'handoff')
    : [{ path: 'handoff', message: `handoff is ${show(value)}, but must be an object.` }]
  for (const problem of problems) call.complaints.tellLater('handoff_invalid', problem)
  // toHandoff looks at every member before it believes it.
  return toHandoff({ output: '', handoff: value as Handoff })
}

interface ContextParts {
  readonly loaded: LoadedTexts
  readonly handOver: (handoff: Handoff) => void
}

function createContext(
  session: Session,
  call: RunningCall,
  { loaded, handOver }: ContextParts,
): FunctionContext {
  const { item, step } = call.execution
  const outputOf = (stepId: string): JsonValue | undefined => readOutput(call, stepId, loaded)
  return Object.assign(createExecutionContext(session, call), {
    outputOf,
    output(stepId: string): JsonValue {
      const value = outputOf(stepId)
      if (value !== undefined) return value
      const message = `Step "${step.place.id}" reads the output of "${stepId}", which has none. Use outputOf for one that may be missing.`
      throw new RunError(message, { code: 'reference_unresolved' })
    },
    handoff: handOver,
    ...(item === undefined ? {} : { value: frozen(item.value), itemIndex: item.index }),
    ...(step.winner === undefined ? {} : { winner: step.winner }),
  })
}

function readOutput({ execution }: RunningCall, stepId: string, loaded: LoadedTexts): JsonValue | undefined {
  const { frame, step } = execution
  const producer = frame.steps[frame.graph.byId.get(stepId)?.index ?? -1]
  const result = producer === undefined ? undefined : resultFor(step, producer)
  if (result === undefined) return undefined
  const refs = refsOf(result.output)
  const loss = lossOf(loaded, refs)
  if (loss !== undefined) throw new RunError(loss.message, { code: loss.code })
  // A step beside this one that ended after this call began: it was not there to be read.
  return refs.every((ref) => loaded.has(ref)) ? frozen(asValue(result.output, loaded)) : undefined
}
