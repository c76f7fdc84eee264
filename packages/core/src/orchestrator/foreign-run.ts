/**
 * My job: a run of another process, as the journal and the lock show it: where it stands, when it rests, and
 * what became of an input that was left for its owner.
 *
 * Invariants:
 * 1. An event is looked at when it comes, and the lock from time to time: a process that parks a run, or that
 *    dies, writes nothing about it.
 * 2. Whoever waits for a run is told at the latest when nobody owns it any more; whoever waits for what became
 *    of an input, after ten seconds.
 */
import { RunError, StorageError } from '../errors/swarm-error.ts'
import type { DurableEvent } from '../events/swarm-event.ts'
import type { RunSummary } from '../storage/run-summary.ts'
import type { Host } from './host.ts'
import type { Acknowledgement } from './options.ts'

const OWNER_CHECK_MS = 1_000
const ACKNOWLEDGEMENT_MS = 10_000

/** Where a run stands. Throws `run_not_found`, or why it cannot be read. */
export async function summaryOf(host: Host, runId: string): Promise<RunSummary> {
  const { runs, unreadable = [] } = await host.storage.listRuns({ runId })
  const [summary] = runs
  if (summary !== undefined) return summary
  for (const { error } of unreadable) throw new StorageError(error.message, error)
  throw new RunError(`There is no run "${runId}". List the runs that there are.`, { code: 'run_not_found' })
}

/** Whether somebody may own the run: of an owner on another host nobody knows whether it lives. */
function isOwned({ owner }: RunSummary): boolean {
  return owner !== undefined && owner.alive !== false
}

/** Which events to follow. */
interface Following {
  readonly fromSeq: number
  readonly signal: AbortSignal
}

/** Events of a run, from a place on, until it is over or rests: nobody owns it any more. */
export async function* followToRest(
  host: Host,
  runId: string,
  { fromSeq, signal }: Following,
): AsyncGenerator<DurableEvent, void, void> {
  const summary = await summaryOf(host, runId)
  let next = fromSeq
  if (isOwned(summary)) {
    for await (const event of followOwner(host, summary, { fromSeq, signal })) {
      yield event
      next = event.seq + 1
    }
  }
  // All that there is of a run that rests, or what its owner wrote last.
  yield* host.storage.readEvents(runId, { fromSeq: next, signal })
}

async function* followOwner(
  host: Host,
  { runId, lastSeq }: RunSummary,
  { fromSeq, signal }: Following,
): AsyncGenerator<DurableEvent, void, void> {
  const gone = new AbortController()
  const leave = (): void => gone.abort()
  const stopLooking = watchOwner(host, runId, leave)
  signal.addEventListener('abort', leave, { once: true })
  if (signal.aborted) leave()
  try {
    const following = { fromSeq, follow: true, signal: gone.signal }
    for await (const event of host.storage.readEvents(runId, following)) {
      yield event
      if (event.seq > lastSeq && isRest(event)) return
    }
  } finally {
    stopLooking()
    signal.removeEventListener('abort', leave)
  }
}

function isRest({ type }: DurableEvent): boolean {
  return type === 'run_completed' || type === 'run_stopped'
}

/** Calls back once nobody owns the run any more; looks again when that cannot be seen. Returns a way to stop. */
function watchOwner({ storage, clock }: Host, runId: string, onGone: () => void): () => void {
  let cancel = (): void => {}
  let isOver = false
  const look = async (): Promise<void> => {
    const { runs } = await storage.listRuns({ runId })
    if (isOver) return
    if (runs.some(isOwned)) arm()
    else onGone()
  }
  const arm = (): void => {
    if (!isOver) cancel = clock.setTimer(clock.now() + OWNER_CHECK_MS, () => void look().catch(arm))
  }
  arm()
  return () => {
    isOver = true
    cancel()
  }
}

/** An input of somebody else's, and where the journal stood when it was left. */
export interface LeftInput {
  readonly inputId: string
  readonly fromSeq: number
}

/** Follows the journal until the owner has recorded the input; an owner that says nothing may have died. */
export async function awaitAcknowledgement(
  host: Host,
  runId: string,
  { inputId, fromSeq }: LeftInput,
): Promise<Acknowledgement> {
  const giveUp = new AbortController()
  const cancel = host.clock.setTimer(host.clock.now() + ACKNOWLEDGEMENT_MS, () => giveUp.abort())
  const options = { fromSeq, follow: true, signal: giveUp.signal }
  try {
    for await (const event of host.storage.readEvents(runId, options)) {
      if ('inputId' in event && event.inputId === inputId) return toAcknowledgement(event)
    }
    return { queued: true, inputId }
  } finally {
    cancel()
  }
}

function toAcknowledgement(event: DurableEvent): Acknowledgement {
  if (event.type !== 'answer_rejected' && event.type !== 'diagnostic')
    return { accepted: true, seq: event.seq }
  const reason = event.type === 'diagnostic' ? 'control_ignored' : event.reason
  return { accepted: false, reason, message: event.message }
}
