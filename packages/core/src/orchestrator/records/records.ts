/**
 * My job: the projections that people and the sources' tools read: transcripts, receipts, envelopes.
 * My neighbours: the files beside me build them; the journal stays the truth.
 *
 * Invariants:
 * 1. Nothing waits for a projection but the end of the session, and an engine that says more than can be kept;
 *    one that fails is told, not thrown.
 * 2. Writes to one run happen in the order of the events.
 */
import type { StepEngine } from '../../engine/engine.ts'
import type { EngineEvent } from '../../engine/result.ts'
import type { DurableEvent } from '../../events/swarm-event.ts'
import type { EnginePass } from '../calls/engine-run.ts'
import type { RunningCall } from '../calls/running-call.ts'
import type { Secrets } from '../secrets/secrets.ts'
import type { Session } from '../session.ts'
import { artifactPaths } from './artifact-paths.ts'
import { type Attempt, createAttempts } from './attempts.ts'
import type { ReceiptEngine } from './receipt.ts'
import { createTranscript, type Transcript } from './transcript.ts'
import { restoreAttempts, writeAttempt } from './write-attempt.ts'
import { createWriteBehind } from './write-behind.ts'

/** Writes projections behind a run. */
export interface Records {
  /** Writes what follows from events that are durable. */
  observe(events: readonly DurableEvent[]): void
  /** Writes what a process that died had not written any more. */
  restore(events: readonly DurableEvent[]): void
  /** Begins the transcript of a pass, or goes on with that of the pass before. */
  openTranscript(pass: EnginePass): Transcript
  /** Adds what an engine said or did. A promise is to be waited for: too much is to be written. */
  transcribe(call: RunningCall, event: EngineEvent): Promise<void> | undefined
  /** Resolves when all is written. */
  close(): Promise<void>
}

/** Records of a session, which are written for as long as it owns its run. */
export function createRecords(session: Session, isOwner: () => Promise<boolean>): Records {
  const { artifacts } = session
  const behind = createWriteBehind(isOwner, onceTold(session))
  const transcripts = new WeakMap<RunningCall, Transcript>()
  const attempts = createAttempts(session.state)
  return {
    observe(events) {
      for (const event of events) {
        const attempt = attempts.observe(event)
        if (attempt !== undefined) behind.add(attempt.paths, () => writeAttempt(artifacts, attempt))
      }
    },
    restore(events) {
      const ended = new Map<string, Attempt>()
      for (const event of events) {
        const attempt = attempts.observe(event)
        if (attempt !== undefined) ended.set(attempt.paths.envelope.execution, attempt)
      }
      if (ended.size > 0) behind.add(ended, () => restoreAttempts(artifacts, [...ended.values()]))
    },
    openTranscript(pass) {
      const { call, engine } = pass
      const paths = attempts.pathsOf(call.scope) ?? artifactPaths({ ...call.scope, engine: engine.id })
      const transcript = transcripts.get(call) ?? createTranscript(session, paths.transcript, behind)
      transcripts.set(call, transcript)
      transcript.begin(pass.composed)
      attempts.prompted({ ...pass, engine: toReceiptEngine(engine, session.host.secrets) })
      return transcript
    },
    transcribe(call, event) {
      return transcripts.get(call)?.add(event)
    },
    close: () => behind.settle(),
  }
}

/** What a receipt tells of an engine: as it is when the receipt is written, for an engine may learn its version late. */
function toReceiptEngine(engine: StepEngine, secrets: Secrets): ReceiptEngine {
  const clean = (text: string | undefined): string | undefined => text && secrets.text(text)
  return {
    id: engine.id,
    get version() {
      return clean(engine.version)
    },
    get mode() {
      return clean(engine.mode)
    },
    get provider() {
      return clean(engine.provider)
    },
  }
}

/** Tells the first failure; none stops the run. */
function onceTold(session: Session): (thrown: unknown) => void {
  let hasFailed = false
  return (thrown) => {
    if (hasFailed || session.closing.aborted) return
    hasFailed = true
    const { message } = session.host.secrets.plainError(thrown)
    session.enqueue(() => session.record({ type: 'diagnostic', code: 'projection_failed', message }))
  }
}
