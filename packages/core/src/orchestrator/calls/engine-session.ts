/**
 * My job: what an engine needs to go on with later (rule S5): a small session stands in its event, a large
 * one in an artifact, and one without measure is none.
 *
 * Invariants:
 * 1. A session is durable before the engine goes on; an artifact is there before the event that names it.
 * 2. What cannot be kept or read again is no session: a later attempt never goes on with an older one.
 * 3. A session that holds a secret is not kept (fault 39).
 */
import type { StepSession } from '../../events/step-events.ts'
import { digestText } from '../../flow/digest.ts'
import type { JsonValue } from '../../flow/json.ts'
import { formatAddress } from '../../run/address.ts'
import { sessionPath } from '../output-path.ts'
import { INLINE_CHARACTERS } from '../outputs.ts'
import type { Session } from '../session.ts'
import { commitInCall } from './commit-in-call.ts'
import { SESSION_CHARACTERS } from './engine-shapes.ts'
import type { RunningCall } from './running-call.ts'

/** Records a session that an engine told. One that is too large takes the one before with it. */
export async function keepSession(session: Session, call: RunningCall, told: JsonValue): Promise<void> {
  const kept = await store(session, call, told)
  await commitInCall(session, call, () => session.record({ type: 'step_session', ...call.scope, ...kept }))
}

/** A session that holds a secret: without it, it would be another one. As of one that is too large nothing is kept. */
export async function loseSession(session: Session, call: RunningCall): Promise<void> {
  const message =
    'The session holds a value that is declared secret and is not kept; a later attempt begins without one.'
  const complaint = call.complaints.tellFirst('secret_in_session', { path: 'session', message })
  await commitInCall(session, call, () => {
    if (complaint !== undefined) session.record(complaint)
    session.record({ type: 'step_session', ...call.scope })
  })
}

type KeptSession = Pick<StepSession, 'digest' | 'session' | 'sessionRef'>

async function store(session: Session, call: RunningCall, told: JsonValue): Promise<KeptSession> {
  const text = JSON.stringify(told)
  if (text.length > SESSION_CHARACTERS) return {}
  const digest = digestText(text)
  if (text.length <= INLINE_CHARACTERS) return { digest, session: told }
  const { execution } = call
  const sessionRef = sessionPath(execution, digest)
  if (execution.session?.sessionRef === sessionRef) return { digest, sessionRef }
  try {
    await session.artifacts.put(sessionRef, text, { sync: session.host.sync })
  } catch (thrown) {
    session.enqueue(() => {
      throw thrown
    })
    throw thrown
  }
  return { digest, sessionRef }
}

/** Reads a session back for the pass that goes on with it. One that is gone or another one is told and forgotten. */
export async function loadSession(
  session: Session,
  call: RunningCall,
  { sessionRef = '', digest }: StepSession,
): Promise<JsonValue | undefined> {
  const text = await session.artifacts.get(sessionRef)
  if (text !== undefined && digestText(text) === digest) return JSON.parse(text)
  const what = text === undefined ? 'gone' : 'not the one that was recorded'
  const message = `The session in "${sessionRef}" is ${what}; the attempt begins without it.`
  const address = formatAddress(call.scope)
  await commitInCall(session, call, () =>
    session.record({ type: 'diagnostic', code: 'session_lost', message, address }),
  )
  return undefined
}
