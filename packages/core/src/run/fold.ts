/**
 * My job: one event → the state after it. My neighbours: `fold-*`, one family of events each; the
 * orchestrator folds every event before it appends it, and a resume folds the whole journal.
 *
 * Invariants:
 * 1. The state depends on the events alone: no clock, no randomness, no I/O (law 2).
 * 2. Events that change no state are accepted and do nothing, so that a reader may fold any journal.
 */
import { RunError } from '../errors/swarm-error.ts'
import type { DurableEvent } from '../events/swarm-event.ts'
import { createAgenda } from './agenda.ts'
import { createBalance, foldSettlement, hasBudget } from './budget.ts'
import { closeFrame } from './edges.ts'
import {
  foldFlowEnd,
  foldFlowRevised,
  foldFlowStart,
  foldGraphExtended,
  foldMacroRoute,
  foldNodeInjected,
} from './fold-flow.ts'
import { foldRequest, foldResolution } from './fold-requests.ts'
import { foldFacts, foldRoutingDecision, foldVerification } from './fold-routing.ts'
import { foldCompleted, foldControl, foldResumed } from './fold-run.ts'
import {
  foldFileChanges,
  foldMapExpanded,
  foldSession,
  foldStepEnd,
  foldStepError,
  foldStepSkipped,
  foldStepStart,
  foldToolStart,
} from './fold-step.ts'
import { executionOf } from './lookup.ts'
import type { RunState } from './state.ts'
import { countCutOff } from './tally.ts'

/** Folds a whole journal. Throws `journal_corrupt` when it does not begin with `run_created`. */
export function foldRun(events: Iterable<DurableEvent>): RunState {
  let state: RunState | undefined
  for (const event of events) {
    if (state === undefined) state = createState(event)
    else fold(state, event)
  }
  if (state === undefined) throw notARun('an empty journal')
  return state
}

/** The state after the first event of a run. */
export function createState(event: DurableEvent): RunState {
  if (event.type !== 'run_created') throw notARun(`"${event.type}"`)
  return {
    runId: event.runId,
    manifest: event.manifest,
    createdAt: event.ts,
    limits: event.manifest.limits,
    budget: event.manifest.budget,
    balance: createBalance(),
    isBudgeted: event.manifest.budget !== undefined || event.flows.some(hasBudget),
    flows: new Map(event.flows.map((flow) => [flow.key, flow])),
    lastSeq: event.seq,
    updatedAt: event.ts,
    control: 'created',
    controlBy: undefined,
    resumedFrom: undefined,
    final: undefined,
    error: undefined,
    isOverLimit: false,
    nextFlow: undefined,
    frames: new Map(),
    visits: new Map(),
    journey: {
      position: 0,
      frame: undefined,
      visited: new Map(),
      total: 0,
      outcomes: new Map(),
      history: [],
      due: event.manifest.flows[0],
    },
    requests: new Map(),
    open: new Map(),
    facts: new Map(),
    factVersion: 0,
    quotas: new Map(),
    tally: emptyTally(),
    calls: new Set(),
    agenda: createAgenda(),
    inputs: new Set(),
  }
}

function emptyTally(): RunState['tally'] {
  return {
    inputTokens: undefined,
    outputTokens: undefined,
    totalTokens: undefined,
    costUsd: undefined,
    unpricedCalls: 0,
    earlierFailures: 0,
    interruptions: 0,
    loopExits: [],
  }
}

function notARun(first: string): RunError {
  const message = `A journal begins with "run_created", but this one begins with ${first}. Restore the run's folder from a backup.`
  return new RunError(message, { code: 'journal_corrupt', details: { line: 1, offset: 0 } })
}

/** Changes the state by one event. */
export function fold(state: RunState, event: DurableEvent): void {
  state.lastSeq = event.seq
  state.updatedAt = event.ts
  if ('inputId' in event && event.inputId !== undefined) state.inputs.add(event.inputId)
  foldByType(state, event)
}

function foldByType(state: RunState, event: DurableEvent): void {
  switch (event.type) {
    case 'step_start':
      return foldStepStart(state, event)
    case 'step_end':
      return foldStepEnd(state, event)
    case 'step_error':
      return foldStepError(state, event)
    case 'step_skipped':
      return foldStepSkipped(state, event)
    case 'step_session':
      return foldSession(state, event)
    case 'map_expanded':
      return foldMapExpanded(state, event)
    case 'tool_start':
      return foldToolStart(state, event)
    case 'file_changes':
      return foldFileChanges(state, event)
    case 'routing_decision':
      return foldRoutingDecision(state, event)
    case 'verification_started':
    case 'verification_passed':
    case 'verification_failed':
      return foldVerification(state, event)
    case 'facts_updated':
      return foldFacts(state, event)
    default:
      return foldRarer(state, event)
  }
}

function foldRarer(state: RunState, event: DurableEvent): void {
  switch (event.type) {
    case 'flow_start':
      return foldFlowStart(state, event)
    case 'flow_end':
      return foldFlowEnd(state, event)
    case 'flow_revised':
      return foldFlowRevised(state, event)
    case 'macro_route':
      return foldMacroRoute(state, event)
    case 'node_injected':
      return foldNodeInjected(state, event)
    case 'graph_extended':
      return foldGraphExtended(state, event)
    case 'approval_requested':
    case 'clarification_needed':
    case 'proposed_action':
    case 'callback_awaited':
      return foldRequest(state, event)
    case 'approval_resolved':
    case 'clarification_answered':
    case 'action_resolved':
    case 'callback_received':
      return foldResolution(state, event)
    case 'budget_exceeded':
      return foldBudgetExceeded(state, event)
    case 'quota_waiting':
      // Of calls that found it out side by side, the one that was told the longest wait counts.
      state.quotas.set(event.account, Math.max(event.until, state.quotas.get(event.account) ?? 0))
      return
    case 'run_started':
    case 'run_pausing':
    case 'run_paused':
    case 'run_stopping':
      return foldControl(state, event)
    case 'run_stopped':
      countCutOff(state, event)
      for (const call of event.cutOff ?? [])
        foldSettlement(state, executionOf(state, call), { charged: call })
      return foldControl(state, event)
    case 'run_resumed':
      return foldResumed(state, event)
    case 'run_completed':
      return foldCompleted(state, event)
  }
}

const EXCEEDED = {
  stepExecutions: { code: 'step_budget_exceeded', name: 'limits.stepExecutions', reason: 'step_budget' },
  durationMs: { code: 'duration_exceeded', name: 'limits.durationMs', reason: 'budget' },
  costUsd: { code: 'budget_exceeded', name: 'budget.costUsd', reason: 'budget' },
  tokens: { code: 'budget_exceeded', name: 'budget.tokens', reason: 'budget' },
} as const

function foldBudgetExceeded(
  state: RunState,
  event: Extract<DurableEvent, { type: 'budget_exceeded' }>,
): void {
  const frame = state.frames.get(event.frame)
  if (frame === undefined) return
  // The step that has the budget fails, as its next event says.
  if (event.ofStep !== undefined) return
  if (event.ofRun === true) state.isOverLimit = true
  const { code, name, reason } = EXCEEDED[event.limit]
  const message = `Flow "${frame.flowKey}" reached ${name} (${event.value}). Resume with a higher limit to go on.`
  frame.error = { name: 'RunError', code, message, retryable: false }
  closeFrame(state, frame, reason)
}
