/**
 * My job: the projections that people and the sources' tools read: transcripts, receipts, envelopes.
 * My neighbours: the files beside me build them; the journal stays the truth.
 *
 * Invariants:
 * 1. Nothing waits for a projection but the end of the session; one that fails is told, not thrown.
 * 2. Writes to one run happen in the order of the events.
 */
import PQueue from 'p-queue'
import type { EngineEvent } from '../../engine/result.ts'
import { toPlainError } from '../../errors/plain-error.ts'
import type { DurableEvent } from '../../events/swarm-event.ts'
import type { EnginePass } from '../calls/engine-run.ts'
import type { RunningCall } from '../calls/running-call.ts'
import type { Session } from '../session.ts'
import { type Attempt, createAttempts } from './attempts.ts'
import { envelopeOf } from './envelope.ts'
import { receiptOf } from './receipt.ts'
import { createTranscript, type Transcript } from './transcript.ts'

/** Writes projections behind a run. */
export interface Records {
  /** Writes what follows from events that are durable. */
  observe(events: readonly DurableEvent[]): void
  /** Writes what a process that died had not written any more. */
  restore(events: readonly DurableEvent[]): void
  /** Begins the transcript of a pass, or goes on with that of the pass before. */
  openTranscript(pass: EnginePass): Transcript
  /** Adds what an engine said or did. */
  transcribe(call: RunningCall, event: EngineEvent): void
  /** Resolves when all is written. */
  close(): Promise<void>
}

/** Hands in a write, behind those before it. */
type Write = (task: () => Promise<void>) => void

/** Records of a session. */
export function createRecords(session: Session): Records {
  const queue = new PQueue({ concurrency: 1 })
  const write = createWrite(session, queue)
  const transcripts = new WeakMap<RunningCall, Transcript>()
  const attempts = createAttempts()
  return {
    observe(events) {
      for (const event of events) {
        const attempt = attempts.observe(event)
        if (attempt !== undefined) write(() => writeAttempt(session, attempt))
      }
    },
    restore(events) {
      const ended = events.flatMap((event) => attempts.observe(event) ?? [])
      if (ended.length === 0) return
      write(async () => {
        const present = new Set(await session.artifacts.list())
        const lost = ended.filter(({ paths }) => !present.has(paths.envelope.execution))
        for (const attempt of lost) await writeAttempt(session, attempt)
      })
    },
    openTranscript(pass) {
      const known = transcripts.get(pass.call)
      const transcript = known ?? createTranscript(session, pass, write)
      transcripts.set(pass.call, transcript)
      transcript.begin(pass.composed)
      attempts.prompted(pass)
      return transcript
    },
    transcribe(call, event) {
      transcripts.get(call)?.add(event)
      attempts.counted(call.scope, event)
    },
    close: () => queue.onIdle(),
  }
}

/** Writes one after the other; the first failure is told, and none stops the run. */
function createWrite(session: Session, queue: PQueue): Write {
  let hasFailed = false
  return (task) => {
    queue.add(task).catch((thrown: unknown) => {
      if (hasFailed || session.closing.aborted) return
      hasFailed = true
      const { message } = toPlainError(thrown)
      session.enqueue(() => session.record({ type: 'diagnostic', code: 'projection_failed', message }))
    })
  }
}

/** The attempt's own name is written last: where it stands, nothing is missing. */
async function writeAttempt({ artifacts }: Session, { paths, receipt, envelope }: Attempt): Promise<void> {
  const receiptText = `${JSON.stringify(receiptOf(receipt), null, 2)}\n`
  const envelopeText = `${JSON.stringify(envelopeOf(envelope), null, 2)}\n`
  await artifacts.put(paths.receipt.latest, receiptText)
  await artifacts.put(paths.receipt.execution, receiptText)
  await artifacts.put(paths.envelope.latest, envelopeText)
  await artifacts.put(paths.envelope.execution, envelopeText)
}
