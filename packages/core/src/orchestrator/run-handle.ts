/** My job: a handle on a run, whether this process owns it, another one does, or nobody. */
import { SwarmError } from '../errors/swarm-error.ts'
import type { SwarmEvent } from '../events/swarm-event.ts'
import { statusOf } from '../run/summary.ts'
import type { ControlInput, RunInput } from '../storage/storage.ts'
import { checkControl, checkEventsOptions, checkResponse } from './doors/run-requests.ts'
import { awaitAcknowledgement, followToRest, summaryOf } from './foreign-run.ts'
import type { Host } from './host.ts'
import { createInputId } from './input-id.ts'
import type { Acknowledgement, ControlOptions, Run, RunEventsOptions, RunResult } from './options.ts'
import { toPlainJson } from './plain-json.ts'
import { readState } from './read-state.ts'
import { leavable } from './readers/leavable.ts'
import { toResult } from './result.ts'
import { refuseSecrets } from './secrets/refuse-secrets.ts'
import type { Session } from './session.ts'

/** Finds the session of a run that this process owns. */
export type FindSession = (runId: string) => Session | undefined

/** A handle; makes no call until one of its members is used. `own` is the session that it was made with. */
export function createRunHandle(host: Host, runId: string, find: FindSession, own?: Session): Run {
  const control = async (
    kind: ControlInput['control'],
    options: ControlOptions = {},
  ): Promise<Acknowledgement> => {
    refuseSecrets(host.secrets, `run.${kind}`, { options })
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
  const result = keepResult(() => resultOf(host, runId, { live: find(runId), own }))
  return {
    id: runId,
    events: (options) => leavable((left) => readRun(host, runId, { session: find(runId), options, left })),
    get result() {
      return result()
    },
    async respond(requestId, answer, options = {}) {
      refuseSecrets(host.secrets, 'run.respond', { requestId, answer, options })
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

/** What is told is kept once the run is over: one that rests, or whose storage failed, may go on. */
function keepResult(ask: () => Promise<RunResult>): () => Promise<RunResult> {
  let kept: Promise<RunResult> | undefined
  const askAgain = async (): Promise<RunResult> => {
    let isFinal = false
    try {
      const result = await ask()
      isFinal = isOver(result.status)
      return result
    } finally {
      if (!isFinal) kept = undefined
    }
  }
  return () => {
    kept ??= askAgain()
    return kept
  }
}

interface Reading {
  readonly session: Session | undefined
  readonly options: RunEventsOptions | undefined
  readonly left: AbortSignal
}

async function* readRun(
  host: Host,
  runId: string,
  { session, options = {}, left }: Reading,
): AsyncGenerator<SwarmEvent, void, void> {
  checkEventsOptions(options)
  const { fromSeq = 1, follow = true } = options
  const { signal, release } = eitherOf(left, options.signal)
  try {
    if (!follow) yield* host.storage.readEvents(runId, { fromSeq, signal })
    else if (session === undefined) yield* followToRest(host, runId, { fromSeq, signal })
    else yield* readSession(session, fromSeq, signal)
  } finally {
    release()
  }
}

/** The events of a run that this process owns, until it does no longer. Throws when the journal failed. */
async function* readSession(
  session: Session,
  fromSeq: number,
  signal: AbortSignal,
): AsyncGenerator<SwarmEvent, void, void> {
  const reader = session.broadcast.read(fromSeq, signal)
  try {
    for (let event = await reader.next(); event !== undefined; event = await reader.next()) yield event
  } finally {
    await reader.close()
  }
  if (!signal.aborted) await session.ended
}

/** A signal that fires with the first of two. */
function eitherOf(
  left: AbortSignal,
  given: AbortSignal | undefined,
): { readonly signal: AbortSignal; readonly release: () => void } {
  if (given === undefined) return { signal: left, release: () => {} }
  const controller = new AbortController()
  const abort = (): void => controller.abort()
  for (const signal of [left, given]) {
    if (signal.aborted) abort()
    else signal.addEventListener('abort', abort, { once: true })
  }
  const release = (): void => {
    for (const signal of [left, given]) signal.removeEventListener('abort', abort)
  }
  return { signal: controller.signal, release }
}

interface Sessions {
  readonly live: Session | undefined
  readonly own: Session | undefined
}

async function resultOf(host: Host, runId: string, { live, own }: Sessions): Promise<RunResult> {
  if (live !== undefined) return await resultOfSession(live)
  if (own === undefined) return await readResult(host, runId)
  const hasFailed = await own.ended.then(
    () => false,
    () => true,
  )
  if (!hasFailed && own.state.final !== undefined) return await resultOfSession(own)
  const summary = await summaryOf(host, runId).catch(() => undefined)
  const hasGoneOn = summary !== undefined && summary.lastSeq > own.durableSeq
  // What a failed append may have left behind is no going on: nobody has taken the run up since.
  const isLeft = summary === undefined || summary.status === 'interrupted'
  return hasGoneOn && !isLeft ? await readResult(host, runId) : await resultOfSession(own)
}

/** The result of a run by its journal, once nobody owns it. */
async function readResult(host: Host, runId: string): Promise<RunResult> {
  const { lastSeq } = await summaryOf(host, runId)
  await exhaust(followToRest(host, runId, { fromSeq: lastSeq + 1, signal: new AbortController().signal }))
  const { status } = await summaryOf(host, runId)
  return await toResult(await readState(host, runId), status, host.storage.artifacts(runId))
}

async function exhaust(events: AsyncIterable<unknown>): Promise<void> {
  const iterator = events[Symbol.asyncIterator]()
  while ((await iterator.next()).done !== true);
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
