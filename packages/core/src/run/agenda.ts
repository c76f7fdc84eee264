/**
 * My job: what has become due, in order. My neighbours: the fold puts tasks on, `next-action` takes
 * them off and drops those that something else has overtaken.
 *
 * Invariants:
 * 1. `due` goes before `starts`: what is known is recorded before anything new begins.
 * 2. Timers are taken only at or after their time, the earliest first.
 */
import type { SkipReason } from '../events/step-events.ts'
import type { Balance } from './budget.ts'
import type { EdgeCounts } from './edge-counts.ts'
import type { Execution, FrameState, RequestState, StepState } from './state.ts'

/** An execution may start, unless a later task says so too: a refold finds again what was done long ago. */
export interface StartTask {
  readonly kind: 'start'
  readonly execution: Execution
}

/** Something that is due and follows from the state alone. */
export type Task =
  | StartTask
  /** The delay before another attempt is over. */
  | { readonly kind: 'again'; readonly execution: Execution }
  | {
      readonly kind: 'skip'
      readonly execution: Execution
      readonly reason: SkipReason
      /** What it was decided by: a step that has other ones by now was re-armed, and the skip is void. */
      readonly edges: EdgeCounts
    }
  | { readonly kind: 'verify'; readonly step: StepState }
  | { readonly kind: 'route'; readonly step: StepState }
  /** A request, the children or the items of an execution are done. */
  | {
      readonly kind: 'conclude'
      readonly execution: Execution
      /** Of which they were done: a refold finds again those of iterations before. */
      readonly iteration: number
    }
  | { readonly kind: 'close'; readonly frame: FrameState }
  /** The run is between two flows. */
  | { readonly kind: 'travel' }

/** Something that becomes due at a time. */
export type Timer =
  | { readonly kind: 'retry'; readonly at: number; readonly execution: Execution }
  | { readonly kind: 'deadline'; readonly at: number; readonly request: RequestState }
  | { readonly kind: 'reminder'; readonly at: number; readonly request: RequestState }
  | { readonly kind: 'duration'; readonly at: number; readonly frame: FrameState | undefined }

/** The tasks and timers of a run. */
export interface Agenda {
  readonly due: TaskQueue
  readonly starts: TaskQueue
  /** Budgets of which something was given back, so that starts that they held may go on. */
  readonly opened: Set<Balance>
  /** Latest first, so that the earliest is popped off the end. */
  timers: Timer[]
}

/** A first-in-first-out queue that takes and gives in constant time. */
export interface TaskQueue {
  tasks: Task[]
  head: number
}

/** An agenda with nothing on it. */
export function createAgenda(): Agenda {
  return { due: { tasks: [], head: 0 }, starts: { tasks: [], head: 0 }, opened: new Set(), timers: [] }
}

/** Puts a task at the end of a queue. */
export function push(queue: TaskQueue, task: Task): void {
  queue.tasks.push(task)
}

/** Puts the start of an execution on the agenda, in the place of any that is there. */
export function pushStart({ starts }: Agenda, execution: Execution): void {
  execution.start = { kind: 'start', execution }
  push(starts, execution.start)
}

/** Puts the skip of an execution on the agenda. */
export function pushSkip({ due }: Agenda, execution: Execution, reason: SkipReason): void {
  push(due, { kind: 'skip', execution, reason, edges: execution.step.edges })
}

/** Puts the end of an execution on the agenda, whose request, children or items are done. */
export function pushConclude({ due }: Agenda, execution: Execution): void {
  push(due, { kind: 'conclude', execution, iteration: execution.iteration })
}

/** Takes the first task off a queue. */
export function shift(queue: TaskQueue): Task | undefined {
  const task = queue.tasks[queue.head]
  if (task === undefined) return undefined
  queue.head += 1
  if (queue.head > 1_024 && queue.head * 2 > queue.tasks.length) {
    queue.tasks = queue.tasks.slice(queue.head)
    queue.head = 0
  }
  return task
}

/** Whether a queue has nothing in it. */
export function isEmpty(queue: TaskQueue): boolean {
  return queue.head >= queue.tasks.length
}

/** Sets a timer. */
export function setTimer(agenda: Agenda, timer: Timer): void {
  const { timers } = agenda
  let place = timers.length
  while (place > 0 && (timers[place - 1]?.at ?? 0) <= timer.at) place -= 1
  timers.splice(place, 0, timer)
}

/** Sets when the time of a visit is over, or without one that of the run, in the place of what was set. */
export function limitTime(agenda: Agenda, frame: FrameState | undefined, at: number | undefined): void {
  agenda.timers = agenda.timers.filter((timer) => timer.kind !== 'duration' || timer.frame !== frame)
  if (at !== undefined) setTimer(agenda, { kind: 'duration', at, frame })
}

/** Lets no time of the run or of its visits end any more. */
export function liftTimes(agenda: Agenda): void {
  agenda.timers = agenda.timers.filter((timer) => timer.kind !== 'duration')
}

/** The time of the earliest timer that still means something. */
export function nextTimerAt(agenda: Agenda): number | undefined {
  dropStaleTimers(agenda)
  return agenda.timers.at(-1)?.at
}

/** Takes the earliest timer off, if its time has come. */
export function takeTimer(agenda: Agenda, now: number): Timer | undefined {
  dropStaleTimers(agenda)
  const timer = agenda.timers.at(-1)
  return timer !== undefined && timer.at <= now ? agenda.timers.pop() : undefined
}

function dropStaleTimers({ timers }: Agenda): void {
  for (let timer = timers.at(-1); timer !== undefined && isStale(timer); timer = timers.at(-1)) timers.pop()
}

function isStale(timer: Timer): boolean {
  switch (timer.kind) {
    case 'retry':
      return timer.execution.status !== 'retrying' || timer.execution.retryAt !== timer.at
    case 'deadline':
    case 'reminder':
      return timer.request.status !== 'open'
    case 'duration':
      return timer.frame?.outcome !== undefined || timer.frame?.closing !== undefined
  }
}
