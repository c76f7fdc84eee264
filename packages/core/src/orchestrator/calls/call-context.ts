/** My job: what engines and function steps are given alike. */

import type { ExecutionContext, FactBoard } from '../../engine/context.ts'
import { frozen } from '../../input/value.ts'
import { conflictsOf, toEntries, viewFact } from '../../run/facts.ts'
import { definitionOf } from '../../run/state.ts'
import type { Session } from '../session.ts'
import { createCallArtifacts } from './call-artifacts.ts'
import { approve, ask, askerOf } from './call-requests.ts'
import { commitInCall, leavable } from './commit-in-call.ts'
import { openDraft, readFacts } from './open-draft.ts'
import type { RunningCall } from './running-call.ts'

/** The identity of a call and the tools of the kernel. */
export function createExecutionContext(session: Session, call: RunningCall): ExecutionContext {
  const { execution, scope } = call
  const { frame, step } = execution
  const { title } = frame.graph.definition
  const timeoutMs = definitionOf(execution).timeoutMs ?? frame.graph.definition.defaults?.timeoutMs
  return {
    runId: session.state.runId,
    flowKey: frame.flowKey,
    ...(title === undefined ? {} : { flowTitle: title }),
    visit: frame.visit,
    stepId: step.place.id,
    ...(scope.item === undefined ? {} : { item: scope.item }),
    index: step.place.index + 1,
    total: frame.steps.length,
    iteration: scope.iteration,
    attempt: scope.attempt,
    idempotencyKey: call.idempotencyKey,
    params: frozen(frame.params),
    get signal() {
      return call.signal
    },
    ...(timeoutMs === undefined ? {} : { deadlineAt: session.host.clock.now() + timeoutMs }),
    get facts() {
      return createFactBoard(session, call)
    },
    get artifacts() {
      return createCallArtifacts(session)
    },
    approve: (action, options) => leavable(approve(askerOf(session, call), action, options)),
    ask: (questions, options) => leavable(ask(askerOf(session, call), questions, options)),
    record: (event) => leavable(recordOpen(session, call, event)),
  }
}

function createFactBoard(session: Session, call: RunningCall): FactBoard {
  const { state } = session
  return {
    put: (facts) => leavable(putFacts(session, call, facts)),
    get: (key) => Promise.resolve(frozen(viewFact(state, key))),
    list: () =>
      Promise.resolve([...state.facts.keys()].sort().flatMap((key) => frozen(viewFact(state, key)) ?? [])),
  }
}

async function putFacts(session: Session, call: RunningCall, facts: unknown): Promise<void> {
  const { state } = session
  const inputs = readFacts(session.host.secrets.copy(facts))
  const author = call.scope.agentKey ?? call.scope.stepId
  await commitInCall(session, call, () => {
    const entries = toEntries(state, inputs, author)
    const conflicts = conflictsOf(state, entries)
    session.record({ type: 'facts_updated', ...call.scope, entries, conflicts })
  })
}

async function recordOpen(session: Session, call: RunningCall, event: unknown): Promise<void> {
  const draft = openDraft(call, session.host.secrets.copy(event))
  await commitInCall(session, call, () => session.record(draft))
}
