/** My job: the conversation of a call: the one that an earlier attempt began, or a new one. */
import { EngineError, type EngineEvent, type JsonObject, type JsonValue } from '@batonjs/core'
import { choose } from './choice.ts'
import { fieldsOf, textOf } from './fields.ts'
import { isRefusal } from './refusal.ts'

/** What is kept of a session between attempts. */
export interface KeptSession {
  readonly sessionId: string
  /** What all of it has cost so far in US dollars, as the agent told. */
  readonly costUsd?: number
}

/** An open session. */
export interface OpenSession {
  readonly id: string
  /** Whether it goes on with what was said before. */
  readonly isContinued: boolean
  /** What the agent answered: its models and modes. */
  readonly offers: JsonObject
}

/** What a session is opened with. */
export interface SessionTerms {
  readonly cwd: string
  readonly mcpServers: readonly JsonObject[]
  readonly _meta?: JsonObject
  readonly model?: string | undefined
  readonly mode?: string | undefined
}

const SESSION = 'acp'

/** The session that an earlier attempt told; `undefined` when it is another engine's. */
export function keptSession(told: JsonValue | undefined): KeptSession | undefined {
  const { kind, sessionId, costUsd } = fieldsOf(told)
  const id = textOf(sessionId)
  if (kind !== SESSION || id === undefined) return undefined
  return { sessionId: id, ...(typeof costUsd === 'number' ? { costUsd } : {}) }
}

/** What a later attempt is to be told. */
export function toKeep(sessionId: string, costUsd: number | undefined): EngineEvent {
  const cost = costUsd === undefined ? {} : { costUsd }
  return { type: 'session', session: { kind: SESSION, sessionId, ...cost } }
}

/** How the agent continues a session: without saying all of it again, where it can. */
export function continuationOf({ agentCapabilities }: JsonObject): string | undefined {
  const { loadSession, sessionCapabilities } = fieldsOf(agentCapabilities)
  if ('resume' in fieldsOf(sessionCapabilities)) return 'session/resume'
  return loadSession === true ? 'session/load' : undefined
}

/** How a session is continued. */
export interface Continuation {
  readonly method: string
  readonly sessionId: string
}

/** Asks an agent, within a call. */
export type Ask = (method: string, params: JsonObject) => Promise<JsonObject>

/** Continues the session that was kept, else begins anew; then sets the model and the mode. */
export async function openSession(
  ask: Ask,
  { model, mode, ...terms }: SessionTerms,
  continuation: Continuation | undefined,
): Promise<OpenSession> {
  const session = (await continueSession(ask, terms, continuation)) ?? (await beginSession(ask, terms))
  if (model !== undefined) await choose(ask, session, { what: 'model', value: model })
  if (mode !== undefined) await choose(ask, session, { what: 'mode', value: mode })
  return session
}

type Place = Pick<SessionTerms, 'cwd' | 'mcpServers' | '_meta'>

/** What the agent does not know any more is begun anew. */
async function continueSession(
  ask: Ask,
  place: Place,
  continuation: Continuation | undefined,
): Promise<OpenSession | undefined> {
  if (continuation === undefined) return undefined
  const { method, sessionId } = continuation
  try {
    const offers = await ask(method, { ...place, sessionId })
    return { id: sessionId, isContinued: true, offers }
  } catch (thrown) {
    if (isRefusal(thrown)) return undefined
    throw thrown
  }
}

async function beginSession(ask: Ask, place: Place): Promise<OpenSession> {
  const offers = await ask('session/new', { ...place })
  const id = textOf(offers.sessionId)
  if (id === undefined) throw new EngineError('The agent began no session', { code: 'bad_output' })
  return { id, isContinued: false, offers }
}
