/** My job: to carry out one action of the decider: record it, or begin what it needs from outside. */

import { parseReference } from '../flow/reference.ts'
import type { Action } from '../run/action.ts'
import { flowEnd } from '../run/close-visit.ts'
import { stepEnd, stepError, stepScope } from '../run/drafts.ts'
import type { Execution, FrameState, StepState } from '../run/state.ts'
import { flowOutputPath, outputPath } from './output-path.ts'
import { asValue, type LoadedTexts, loadTexts, lossOf, NO_TEXTS, refsOf, storeOutput } from './outputs.ts'
import { toPlainJson } from './plain-json.ts'
import type { Session } from './session.ts'
import { enterFlow } from './starts/enter-flow.ts'
import { start } from './starts/launch.ts'
import { createLookup, refsToLoad } from './starts/reference-lookup.ts'

/** Records an action, or begins it. */
export function perform(session: Session, action: Action): void {
  switch (action.kind) {
    case 'record':
      for (const event of action.events) session.record(event)
      return
    case 'start':
      start(session, action.execution)
      return
    case 'hold':
      return
    case 'check':
      check(session, action.step)
      return
    case 'collect':
      collect(session, action.execution)
      return
    case 'close':
      close(session, action.frame)
      return
    case 'enter':
      enterFlow(session, action.flowKey)
  }
}

function check(session: Session, step: StepState): void {
  const { station } = step.place.definition.kind === 'agent' ? step.place.definition : {}
  session.record({
    type: 'verification_started',
    ...stepScope(step),
    ...(station === undefined ? {} : { station }),
  })
  session.after(() => {
    session.background(session.checks.run(step), (verdict) => {
      if (verdict !== undefined && step.verification === 'started') session.record(verdict)
    })
  })
}

/** The output of a map: one member for each item, in the order of the items (rule M1). */
function collect(session: Session, execution: Execution): void {
  const items = execution.step.map?.executions ?? []
  const refs = items.flatMap((item) => (item.result === undefined ? [] : refsOf(item.result.output)))
  if (refs.length === 0) recordMap(session, execution, NO_TEXTS)
  else
    session.background(loadTexts(session.artifacts, refs), (loaded) => recordMap(session, execution, loaded))
}

function recordMap(session: Session, execution: Execution, loaded: LoadedTexts): void {
  const loss = lossOf(loaded)
  if (loss !== undefined) {
    if (execution.status === 'running') session.record(stepError(execution, loss))
    return
  }
  const members = (execution.step.map?.executions ?? []).map((item) => {
    if (item.status === 'succeeded' && item.result !== undefined) return asValue(item.result.output, loaded)
    const { code = item.skipReason ?? 'skipped', message = '' } = item.error ?? {}
    return { status: item.status, error: { code, message } }
  })
  const raw = { data: toPlainJson(members) }
  const path = outputPath(execution)
  session.background(storeOutput(session, path, raw), (output) => {
    if (execution.status === 'running') session.record(stepEnd(execution, output))
  })
}

/** Ends a visit with the value of the flow's `output` reference. */
function close(session: Session, frame: FrameState): void {
  const reference = parseReference(frame.graph.definition.output ?? '')
  const [first] = frame.steps
  if (reference === undefined || first === undefined) {
    session.record(flowEnd(frame, undefined))
    return
  }
  const end = (loaded: LoadedTexts): void => {
    const loss = lossOf(loaded)
    if (loss !== undefined) {
      if (frame.outcome === undefined)
        session.record({ ...flowEnd(frame, undefined), status: 'failed', error: loss })
      return
    }
    const found = createLookup(first, loaded)(reference)
    const raw = found.found ? { data: toPlainJson(found.value) } : undefined
    if (raw === undefined) session.record(flowEnd(frame, undefined))
    else recordClose(session, frame, raw)
  }
  const refs = refsToLoad(first, [reference])
  if (refs.length === 0) end(NO_TEXTS)
  else session.background(loadTexts(session.artifacts, refs), end)
}

function recordClose(
  session: Session,
  frame: FrameState,
  raw: { data: ReturnType<typeof toPlainJson> },
): void {
  const text = typeof raw.data.value === 'string' ? raw.data.value : undefined
  const output = text === undefined ? raw : { text }
  session.background(storeOutput(session, flowOutputPath(frame), output), (result) => {
    if (frame.outcome === undefined) session.record(flowEnd(frame, result))
  })
}
