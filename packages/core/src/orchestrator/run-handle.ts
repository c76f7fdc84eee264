/** My job: a handle on a run, whether this process owns it, another one does, or nobody. */
import { SwarmError } from '../errors/swarm-error.ts'
import type { SwarmEvent } from '../events/swarm-event.ts'
import { statusOf } from '../run/summary.ts'
import type { ControlInput, RunInput } from '../storage/storage.ts'
import { checkControl, checkEventsOptions, checkResponse } from './doors/run-requests.ts'
import { awaitAcknowledgement, isOwned, summaryOf, untilRest } from './foreign-run.ts'
import type { Host } from './host.ts'
import { createInputId } from './input-id.ts'
import type { Acknowledgement, ControlOptions, Run, RunEventsOptions, RunResult } from './options.ts'
import { toPlainJson } from './plain-json.ts'
import { toResult } from './result.ts'
import { readState } from './resume-run.ts'
import type { Session } from './session.ts'

/** Finds the session of a run that this process owns. */
export type FindSession = (runId: string) => Session | undefined

/** A handle; makes no call until one of its members is used. */
export function createRunHandle(host: Host, runId: string, find: FindSession): Run {
  const control = async (
    kind: ControlInput['control'],
    options: ControlOptions = {},
  ): Promise<Acknowledgement> => {
    checkControl(`run.${kind}`, options)
    const { by = 'host', reason } = options
    return await send(host, runId, find, {
      kind: 'control',
      inputId: createInputId(host),
      submittedAt: host.clock.now(),
      control: kind,
      by,
      ...(reason === undefined ? {} : { reason }),
    })
  }
  let result: Promise<RunResult> | undefined
  return {
    id: runId,
    events: (options) => readRun(host, runId, find, options),
    get result() {
      result ??= resultOf(host, runId, find)
      return result
    },
    async respond(requestId, answer, options = {}) {
      checkResponse(requestId, answer, options)
      const { by = 'host' } = options
      return await send(host, runId, find, {
        kind: 'answer',
        inputId: createInputId(host),
        submittedAt: host.clock.now(),
        requestId,
        answer: toPlainJson(answer, 'answer').value,
        by,
      })
    },
    pause: (options) => control('pause', options),
    continue: (options) => control('continue', options),
    stop: (options) => control('stop', options),
    cancel: (options) => control('cancel', options),
  }
}

async function* readRun(
  host: Host,
  runId: string,
  find: FindSession,
  given: RunEventsOptions = {},
): AsyncGenerator<SwarmEvent, void, void> {
  checkEventsOptions(given)
  const { fromSeq = 1, follow = true, signal } = given
  const session = find(runId)
  if (session === undefined || !follow) {
    const options = { fromSeq, follow, ...(signal === undefined ? {} : { signal }) }
    yield* host.storage.readEvents(runId, options)
    return
  }
  const reader = session.broadcast.read(fromSeq, signal)
  try {
    for (let event = await reader.next(); event !== undefined; event = await reader.next()) yield event
  } finally {
    await reader.close()
  }
}

async function resultOf(host: Host, runId: string, find: FindSession): Promise<RunResult> {
  const session = find(runId)
  if (session !== undefined) return await resultOfSession(session)
  const summary = await summaryOf(host, runId)
  if (isOwned(summary)) await untilRest(host, runId, summary.lastSeq + 1)
  const { status } = await summaryOf(host, runId)
  return await toResult(await readState(host, runId), status, host.storage.artifacts(runId))
}

/** The result of a run that this process owns, once it does no longer. Rejects when the journal failed. */
export async function resultOfSession(session: Session): Promise<RunResult> {
  await session.ended
  return await toResult(session.state, statusOf(session.state), session.artifacts)
}

async function send(host: Host, runId: string, find: FindSession, input: RunInput): Promise<Acknowledgement> {
  const session = find(runId)
  const acknowledgement = session === undefined ? undefined : await handIn(session, input)
  if (acknowledgement !== undefined) return acknowledgement
  const summary = await summaryOf(host, runId)
  if (isOver(summary.status)) {
    return { accepted: false, reason: 'run_over', message: `Run "${runId}" is over (${summary.status}).` }
  }
  await host.storage.submit(runId, input)
  if (summary.owner?.alive !== true) return { queued: true, inputId: input.inputId }
  return await awaitAcknowledgement(host, runId, { inputId: input.inputId, fromSeq: summary.lastSeq + 1 })
}

/** Hands an input to a session; `undefined` when it has given the run up and took nothing in any more. */
async function handIn(session: Session, input: RunInput): Promise<Acknowledgement | undefined> {
  try {
    return await session.gatekeeper.submit(input)
  } catch (thrown) {
    if (!SwarmError.is(thrown) || thrown.code !== 'run_not_owned') throw thrown
    await session.ended
    return undefined
  }
}

function isOver(status: string): boolean {
  return status === 'succeeded' || status === 'partial' || status === 'failed' || status === 'canceled'
}
