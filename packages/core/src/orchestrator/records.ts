/**
 * My job: the projections that people and the sources' tools read: transcripts, receipts, envelopes.
 * My neighbours: `projections/` builds them; the journal stays the truth.
 *
 * Invariants:
 * 1. Nothing waits for a projection but the end of the session; one that fails is told, not thrown.
 * 2. Writes to one run happen in the order of the events.
 */
import PQueue from 'p-queue'
import type { EngineEvent } from '../engine/result.ts'
import { toPlainError } from '../errors/plain-error.ts'
import type { DurableEvent } from '../events/swarm-event.ts'
import type { EnginePass } from './engine-run.ts'
import { type Attempt, createAttempts } from './projections/attempts.ts'
import { envelopeOf } from './projections/envelope.ts'
import { receiptOf } from './projections/receipt.ts'
import type { RunningCall } from './running-call.ts'
import type { Session } from './session.ts'
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

/** Records of a session. */
export function createRecords(session: Session): Records {
  const queue = new PQueue({ concurrency: 1 })
  const transcripts = new WeakMap<RunningCall, Transcript>()
  const attempts = createAttempts()
  let failures = 0

  const write = (task: () => Promise<void>): void => {
    queue.add(task).catch((thrown: unknown) => {
      failures += 1
      if (failures > 1 || session.closing.aborted) return
      const { message } = toPlainError(thrown)
      session.enqueue(() => session.record({ type: 'diagnostic', code: 'projection_failed', message }))
    })
  }
  const writeAttempt = ({ paths, receipt, envelope }: Attempt): void => {
    const receiptText = `${JSON.stringify(receiptOf(receipt), null, 2)}\n`
    const envelopeText = `${JSON.stringify(envelopeOf(envelope), null, 2)}\n`
    write(async () => {
      await session.artifacts.put(paths.receipt.latest, receiptText)
      await session.artifacts.put(paths.receipt.execution, receiptText)
      await session.artifacts.put(paths.envelope.latest, envelopeText)
      await session.artifacts.put(paths.envelope.execution, envelopeText)
    })
  }
  return {
    observe(events) {
      for (const event of events) {
        const attempt = attempts.observe(event)
        if (attempt !== undefined) writeAttempt(attempt)
      }
    },
    restore(events) {
      const ended = events.flatMap((event) => attempts.observe(event) ?? [])
      if (ended.length === 0) return
      write(async () => {
        const present = new Set(await session.artifacts.list())
        for (const attempt of ended) if (!present.has(attempt.paths.envelope.execution)) writeAttempt(attempt)
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
