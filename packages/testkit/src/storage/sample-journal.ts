import type { DurableEvent, JsonValue } from '@batonjs/core'

type Draft = DurableEvent extends infer One
  ? One extends DurableEvent
    ? Omit<One, 'runId' | 'seq' | 'ts'>
    : never
  : never
type RunCreated = Extract<DurableEvent, { type: 'run_created' }>

const CREATED_AT = Date.UTC(2026, 0, 2, 3, 4, 5)

/** Writes the legal journal of a small run, event by event; each call continues where the one before ended. */
export interface SampleJournal {
  readonly runId: string
  /** Every event that was made so far. */
  readonly events: readonly DurableEvent[]
  /** `run_created`, `run_started`. */
  begin(): readonly DurableEvent[]
  /** That many events without an effect, each with the data. */
  notes(count: number, data?: JsonValue): readonly DurableEvent[]
  /** A note that repeats the id of an input, as an event that answers one does. */
  answered(inputId: string): readonly DurableEvent[]
  /** An approval is asked for and stays open. */
  ask(): readonly DurableEvent[]
  pause(): readonly DurableEvent[]
  complete(): readonly DurableEvent[]
  resume(): readonly DurableEvent[]
}

/** A journal for tests of storages. `age` makes it older than others, in seconds. */
export function createSampleJournal(runId: string, age = 0): SampleJournal {
  const events: DurableEvent[] = []
  const write = (drafts: readonly Draft[]): readonly DurableEvent[] => {
    const written = drafts.map((draft, index) => {
      const seq = events.length + index + 1
      const ts = new Date(CREATED_AT - age * 1_000 + seq).toISOString()
      return { ...draft, runId, seq, ts }
    })
    events.push(...written)
    return written
  }
  return {
    runId,
    events,
    begin: () => write([created(), { type: 'run_started', owner: 'testkit' }]),
    notes: (count, data = null) => write(Array.from({ length: count }, (_, index) => note(index, data))),
    answered: (inputId) => write([{ type: 'run_pausing', by: 'testkit', inputId }]),
    ask: () => write(asking()),
    pause: () => write([{ type: 'run_pausing', by: 'testkit' }, { type: 'run_paused' }]),
    complete: () => write([completed()]),
    resume: () =>
      write([
        { type: 'run_resumed', owner: 'testkit', resumedFrom: 'failure', interrupted: [], rearmed: [] },
      ]),
  }
}

/** A batch that does not follow the last event: it repeats or leaves out a `seq`. */
export function misplaced(event: DurableEvent, seq: number): readonly DurableEvent[] {
  return [{ ...event, seq }]
}

function note(index: number, data: JsonValue): Draft {
  return { type: 'diagnostic', code: 'note', message: `Note ${index}`, data }
}

function created(): Omit<RunCreated, 'runId' | 'seq' | 'ts'> {
  return {
    type: 'run_created',
    formatVersion: 1,
    manifest: { flows: ['sample'], follow: 'list', params: {}, initiator: 'testkit', limits: {} },
    flows: [{ key: 'sample', digest: 'd', steps: [{ kind: 'approval', id: 'sign', prompt: 'May it?' }] }],
  }
}

const SCOPE = { flowKey: 'sample', visit: 1, frame: 'sample#1' }
const STEP = { ...SCOPE, stepId: 'sign', iteration: 1, attempt: 1 }

function asking(): Draft[] {
  return [
    { type: 'flow_start', ...SCOPE, index: 1, depth: 1, params: {}, digest: 'd' },
    {
      type: 'step_start',
      ...STEP,
      kind: 'approval',
      index: 1,
      total: 1,
      contentKey: 'k',
      idempotencyKey: 'sample#1/sign#1',
    },
    {
      type: 'approval_requested',
      ...STEP,
      requestId: 'sample#1/sign#1:1',
      prompt: 'May it?',
      contentHash: 'h',
      answerSchema: { type: 'object' },
      deadlineAt: Date.UTC(2100, 0, 1),
      deadlineAnswer: { approved: false },
      answerers: ['ada', 'grace'],
    },
  ]
}

function completed(): Draft {
  const census = { succeeded: 0, failed: 0, skipped: 0, skippedBecause: {}, failures: [], earlierFailures: 0 }
  return {
    type: 'run_completed',
    status: 'succeeded',
    census: { ...census, interruptions: 0, items: { succeeded: 0, failed: 0, skipped: 0 }, loops: [] },
    usage: {},
    unpricedCalls: 0,
    flowTransitionHistory: [],
  }
}
