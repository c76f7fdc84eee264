/**
 * My job: the next thing to do, one at a time (law 2). My neighbours: the fold fills the agenda, the
 * orchestrator records what I return before it asks again.
 *
 * Invariants:
 * 1. After a refold of any prefix of a journal the next actions are those that the prefix left open.
 * 2. While a run pauses or stops nothing starts; what has happened is still recorded.
 */

import type { EventDraft } from '../events/swarm-event.ts'
import type { Action } from './action.ts'
import { push, shift, type Task, type TaskQueue, type Timer, takeTimer } from './agenda.ts'
import type { Balance } from './budget.ts'
import { callOff, callOffFrame } from './call-off.ts'
import { closeVisit } from './close-visit.ts'
import { conclude } from './conclude.ts'
import { decideRoute } from './decide-route.ts'
import { decideStart } from './decide-start.ts'
import { flowScope } from './drafts.ts'
import { expire, remind } from './expire.ts'
import { travel } from './journey.ts'
import { isSettled, type RunState, type StepState } from './state.ts'

/** Takes the next action off the agenda, or nothing when all that is due waits for something else. */
export function nextAction(state: RunState, now: number): Action | undefined {
  if (state.final !== undefined || state.control === 'created') return undefined
  return (
    takeDue(state) ?? takeTimed(state, now) ?? (state.control === 'running' ? takeStart(state) : undefined)
  )
}

/** Whether something is due that needs nobody from outside; takes nothing off the agenda. */
export function isAnythingDue(state: RunState): boolean {
  return isDueIn(state, state.agenda.due) || isDueIn(state, state.agenda.starts)
}

/** Whether something is due beside what may start. */
export function isAnythingToRecord(state: RunState): boolean {
  return isDueIn(state, state.agenda.due)
}

function isDueIn(state: RunState, { tasks, head }: TaskQueue): boolean {
  return tasks.some((task, place) => {
    const action = place < head ? undefined : actOn(state, task)
    return action !== undefined && action.kind !== 'hold'
  })
}

function takeDue(state: RunState): Action | undefined {
  for (let task = shift(state.agenda.due); task !== undefined; task = shift(state.agenda.due)) {
    const action = isHeldBack(state, task) ? undefined : actOn(state, task)
    if (action !== undefined) return action
  }
  return undefined
}

/** Checks are effects: those of a step that ended while the run rests begin when it goes on (rule S2). */
function isHeldBack(state: RunState, task: Task): boolean {
  if (task.kind !== 'verify' || state.control !== 'paused') return false
  push(state.agenda.starts, task)
  return true
}

function takeStart(state: RunState): Action | undefined {
  return takeFrom(state, state.agenda.starts) ?? takeHeld(state)
}

/** The first start of a queue that goes on; what a budget holds back stands in the line of that budget then. */
function takeFrom(state: RunState, queue: TaskQueue): Action | undefined {
  for (let task = shift(queue); task !== undefined; task = shift(queue)) {
    const action = actOn(state, task)
    if (action?.kind === 'hold') push(action.by.held, task)
    else if (action !== undefined) return action
  }
  return undefined
}

/** The first start in line for a budget of which something was given back. */
function takeHeld(state: RunState): Action | undefined {
  for (const balance of state.agenda.opened) {
    const action = takeInLine(state, balance)
    if (action !== undefined) return action
    state.agenda.opened.delete(balance)
  }
  return undefined
}

/** Those in line keep their order: while the first needs more of the budget, the others wait behind it. */
function takeInLine(state: RunState, balance: Balance): Action | undefined {
  const { held } = balance
  for (let task = held.tasks[held.head]; task !== undefined; task = held.tasks[held.head]) {
    const action = actOn(state, task)
    if (action?.kind === 'hold' && action.by === balance) return undefined
    shift(held)
    if (action?.kind === 'hold') push(action.by.held, task)
    else if (action !== undefined) return action
  }
  return undefined
}

function actOn(state: RunState, task: Task): Action | undefined {
  switch (task.kind) {
    case 'start': {
      const { execution } = task
      return execution.status === 'ready' && execution.start === task
        ? decideStart(state, execution)
        : undefined
    }
    case 'again':
      return task.execution.status === 'retrying' ? decideStart(state, task.execution) : undefined
    case 'skip':
      return skip(state, task)
    case 'verify':
      return task.step.status === 'ended' && task.step.verification === 'due'
        ? { kind: 'check', step: task.step }
        : undefined
    case 'route':
      return isRouteDue(task.step) ? decideRoute(state, task.step) : undefined
    case 'conclude':
      return isConcludable(task) ? conclude(task.execution) : undefined
    case 'close':
      return closeVisit(task.frame)
    case 'travel':
      return travel(state)
  }
}

function isConcludable({ execution, iteration }: Extract<Task, { kind: 'conclude' }>): boolean {
  return execution.status === 'running' && execution.iteration === iteration
}

function skip(state: RunState, task: Extract<Task, { kind: 'skip' }>): Action | undefined {
  const { execution, reason, edges } = task
  const { status, step, frame } = execution
  if (edges !== step.edges || isSettled(status) || status === 'ended') return undefined
  // A resume has raised the limit and opened the visit again, in which this was due when the process died.
  const isByLimit = reason === 'budget' || reason === 'step_budget'
  if (isByLimit && frame.closing !== reason) return undefined
  // A call that was cut off while it asked, and would begin again, has its request still.
  if (status === 'pending' || status === 'ready')
    return { kind: 'record', events: callOff(state, execution, { kind: 'skipped', reason }) }
  return reason === 'lost'
    ? { kind: 'record', events: callOff(state, execution, { kind: 'lost' }) }
    : undefined
}

/** A step is routed after its checks, in whatever order a refold finds the two tasks. */
function isRouteDue({ status, verification }: StepState): boolean {
  return status === 'ended' && (verification === 'none' || verification === 'done')
}

function takeTimed(state: RunState, now: number): Action | undefined {
  for (let timer = takeTimer(state.agenda, now); timer !== undefined; timer = takeTimer(state.agenda, now)) {
    const action = actOnTimer(state, timer)
    if (action !== undefined) return action
  }
  return undefined
}

function actOnTimer(state: RunState, timer: Timer): Action | undefined {
  switch (timer.kind) {
    case 'retry':
      push(state.agenda.starts, { kind: 'again', execution: timer.execution })
      return undefined
    case 'deadline':
      return { kind: 'record', events: expire(timer.request) }
    case 'reminder':
      return { kind: 'record', events: remind(timer.request) }
    case 'duration':
      return endDuration(state, timer)
  }
}

/** The time of a visit, or of the run, is over: what runs is called off, nothing new starts. */
function endDuration(state: RunState, timer: Extract<Timer, { kind: 'duration' }>): Action | undefined {
  const frame = timer.frame ?? state.journey.frame
  if (frame === undefined || frame.outcome !== undefined) return undefined
  const limits = timer.frame === undefined ? state.limits : frame.graph.definition.limits
  const exceeded: EventDraft = {
    type: 'budget_exceeded',
    ...flowScope(frame),
    limit: 'durationMs',
    value: limits?.durationMs ?? 0,
    ...(timer.frame === undefined ? { ofRun: true } : {}),
  }
  return { kind: 'record', events: [exceeded, ...callOffFrame(state, frame, { kind: 'duration' })] }
}
