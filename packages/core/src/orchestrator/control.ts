/** My job: pause, continue, stop and cancel (rule S2), from this process or another. */
import type { EventDraft } from '../events/swarm-event.ts'
import { callOffFrame } from '../run/call-off.ts'
import { kernelError } from '../run/drafts.ts'
import { runCompleted } from '../run/journey.ts'
import type { ControlInput } from '../storage/storage.ts'
import { spentTogether } from './calls/spent.ts'
import type { Acknowledgement } from './options.ts'
import type { Session } from './session.ts'

/** Carries a control request out, or records that it came at the wrong time. */
export function control(session: Session, input: ControlInput): Acknowledgement {
  switch (input.control) {
    case 'pause':
      return session.state.control === 'running' ? pause(session, input) : ignore(session, input)
    case 'continue':
      return isResting(session) ? goOn(session, input) : ignore(session, input)
    case 'stop':
      return session.state.control === 'stopping' ? ignore(session, input) : stop(session, input)
    case 'cancel':
      return cancel(session, input)
  }
}

function isResting({ state }: Session): boolean {
  return state.control === 'paused' || state.control === 'pausing'
}

function ignore(session: Session, input: ControlInput): Acknowledgement {
  const { control: status } = session.state
  const message = `"${input.control}" by ${input.by} does nothing while the run is ${status}.`
  session.record({ type: 'diagnostic', code: 'control_ignored', message, inputId: input.inputId })
  return { accepted: false, reason: 'control_ignored', message }
}

function record(session: Session, draft: EventDraft): Acknowledgement {
  return { accepted: true, seq: session.record(draft).seq }
}

function pause(session: Session, { by, inputId }: ControlInput): Acknowledgement {
  session.slots.giveUp()
  return record(session, { type: 'run_pausing', by, inputId })
}

function goOn(session: Session, { by, inputId }: ControlInput): Acknowledgement {
  const { owner } = session.host
  return record(session, {
    type: 'run_resumed',
    owner,
    resumedFrom: 'pause',
    interrupted: [],
    rearmed: [],
    by,
    inputId,
  })
}

function stop(session: Session, { by, inputId, reason = 'stop' }: ControlInput): Acknowledgement {
  const { drainMs } = session.host
  const acknowledgement = record(session, { type: 'run_stopping', by, reason, drainMs, inputId })
  session.after(() => drain(session, drainMs))
  return acknowledgement
}

/** The loop that owns the run was left: it is stopped, and nobody waits for what is under way. */
export function leave(session: Session): void {
  if (session.state.control !== 'stopping')
    session.record({ type: 'run_stopping', by: 'host', reason: 'the reader left', drainMs: 0 })
  session.after(() => drain(session, 0))
}

/** Calls and checks may finish within `drainMs`; calls that wait for people are aborted at once. */
function drain(session: Session, drainMs: number): void {
  session.slots.giveUp()
  if (drainMs === 0) return abortWork(session)
  session.background(session.calls.abortAll('waiting'), () => {})
  const { clock } = session.host
  const cancel = clock.setTimer(clock.now() + drainMs, () => abortWork(session))
  session.closing.addEventListener('abort', cancel, { once: true })
}

function abortWork(session: Session): void {
  session.background(Promise.all([session.calls.abortAll(), session.checks.abortAll()]), () => {})
}

function cancel(session: Session, { by, inputId }: ControlInput): Acknowledgement {
  const { state } = session
  const { frame } = state.journey
  if (frame !== undefined && frame.outcome === undefined) {
    for (const draft of callOffFrame(state, frame, { kind: 'canceled', by })) session.record(draft)
    session.record({
      type: 'flow_end',
      flowKey: frame.flowKey,
      visit: frame.visit,
      frame: frame.id,
      status: 'failed',
      error: kernelError('canceled', `The run was canceled by ${by}.`),
    })
  }
  const error = kernelError('canceled', `The run was canceled by ${by}.`)
  return record(session, runCompleted(state, { status: 'canceled', error, by, inputId }))
}

/** Records `run_paused` or `run_stopped` once nothing runs any more. */
export function restIfDue(session: Session): void {
  const { state, calls } = session
  if (state.final !== undefined) return
  if (state.control === 'pausing' && session.isIdle) session.record({ type: 'run_paused' })
  if (state.control !== 'stopping' || !session.isAtRest) return
  const { by = 'host', reason = 'stop' } = state.controlBy ?? {}
  session.record({
    type: 'run_stopped',
    reason,
    by,
    aborted: [...calls.abortedAddresses],
    ...spentTogether(calls.cutOff),
  })
}
