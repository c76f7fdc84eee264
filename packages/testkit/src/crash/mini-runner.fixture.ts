import type { DurableEvent, RunStorage, RunWriter } from '@batonjs/core'
import { collect } from '../collect.ts'

/** How a runner breaks the promise that the crash kit checks. */
export interface RunnerFlaws {
  readonly repeatsFinished?: boolean
  readonly leavesAttemptOpen?: boolean
  readonly countsAttemptsAnew?: boolean
  readonly completesTwice?: boolean
  readonly dropsInterrupted?: boolean
  readonly tellsAttemptInOutput?: boolean
  readonly hidesFailures?: boolean
  readonly keepsLock?: boolean
  readonly throwsPlainErrors?: boolean
  readonly resumesForEver?: boolean
  readonly endsBeforeItsSteps?: boolean
}

type Body = Record<string, unknown> & { readonly type: DurableEvent['type'] }

const RUN_ID = 'run-mini'
const CONTENT_KEY = '01234567'
const STEPS = ['one', 'two', 'three']
const SCOPE = { flowKey: 'mini', visit: 1, frame: 'mini#1' }

/** A durable runner of three steps, small enough to be seen through: what it knows, it reads from the journal. */
export function createMiniRunner(flaws: RunnerFlaws = {}) {
  return {
    run: (storage: RunStorage) => guarded(flaws, () => runFrom(storage, flaws)),
    resume: (storage: RunStorage) => guarded(flaws, () => resumeFrom(storage, flaws)),
  }
}

async function guarded(flaws: RunnerFlaws, body: () => Promise<void>): Promise<void> {
  try {
    await body()
  } catch (thrown) {
    if (flaws.throwsPlainErrors) throw new Error('ENOSPC')
    if (!flaws.hidesFailures) throw thrown
  }
}

async function runFrom(storage: RunStorage, flaws: RunnerFlaws): Promise<void> {
  const created = {
    type: 'run_created',
    manifest: { flows: ['mini'], initiator: 'x', limits: {}, params: {}, follow: 'list' },
    flows: [{ key: 'mini', digest: 'd', steps: [] }],
  } as const
  const writer = await storage.createRun([
    toEvent(created, 1),
    toEvent({ type: 'run_started', owner: 'x' }, 2),
  ])
  await holding(writer, flaws, async () => {
    await write(writer, { type: 'flow_start', ...SCOPE, index: 1, depth: 1, params: {}, digest: 'd' })
    await goOn(storage, writer, flaws)
  })
}

async function resumeFrom(storage: RunStorage, flaws: RunnerFlaws): Promise<void> {
  if (flaws.resumesForEver) await new Promise(() => {})
  const writer = await storage.openRun(RUN_ID)
  await holding(writer, flaws, async () => {
    const { events, last } = await look(storage)
    const open = last?.type === 'step_start' ? last : undefined
    const interrupted = {
      ...open,
      type: 'step_error',
      error: { code: 'interrupted' },
      willRetry: true,
    } as const
    if (open !== undefined && flaws.leavesAttemptOpen !== true) await write(writer, interrupted)
    await write(writer, {
      type: 'run_resumed',
      owner: 'x',
      resumedFrom: 'crash',
      interrupted: [],
      rearmed: [],
    })
    if (!events.some(({ type }) => type === 'flow_start')) {
      await write(writer, { type: 'flow_start', ...SCOPE, index: 1, depth: 1, params: {}, digest: 'd' })
    }
    await goOn(storage, writer, flaws)
    if (flaws.completesTwice) await write(writer, { type: 'run_completed', status: 'succeeded' })
  })
}

async function holding(writer: RunWriter, flaws: RunnerFlaws, body: () => Promise<void>): Promise<void> {
  let isSound = false
  try {
    await body()
    isSound = true
  } finally {
    if (isSound || flaws.keepsLock !== true) await writer.close()
  }
}

async function goOn(storage: RunStorage, writer: RunWriter, flaws: RunnerFlaws): Promise<void> {
  const { events } = await look(storage)
  const finished = new Set(events.flatMap((event) => (event.type === 'step_end' ? [event.stepId] : [])))
  if (flaws.endsBeforeItsSteps) await write(writer, { type: 'flow_end', ...SCOPE, status: 'succeeded' })
  for (const stepId of STEPS) {
    const attempts = events.filter((event) => event.type === 'step_start' && event.stepId === stepId).length
    if (finished.has(stepId) && flaws.repeatsFinished !== true) continue
    if (attempts > 0 && flaws.dropsInterrupted) continue
    await runStep(storage, writer, { stepId, attempt: flaws.countsAttemptsAnew ? 1 : attempts + 1 }, flaws)
  }
  const isOver = (await look(storage)).events.some(({ type }) => type === 'flow_end')
  if (!isOver) await write(writer, { type: 'flow_end', ...SCOPE, status: 'succeeded' })
  await write(writer, { type: 'run_completed', status: 'succeeded' })
}

async function runStep(
  storage: RunStorage,
  writer: RunWriter,
  { stepId, attempt }: { stepId: string; attempt: number },
  flaws: RunnerFlaws,
): Promise<void> {
  const scope = { ...SCOPE, stepId, iteration: 1, attempt }
  await write(writer, {
    type: 'step_start',
    ...scope,
    contentKey: CONTENT_KEY,
    idempotencyKey: `${RUN_ID}/mini#1/${stepId}#1@${CONTENT_KEY}`,
  })
  await storage.artifacts(RUN_ID).put(`mini/${stepId}.md`, stepId)
  const digest = flaws.tellsAttemptInOutput ? `${stepId} ${attempt}` : stepId
  await write(writer, { type: 'step_end', ...scope, status: 'succeeded', output: { digest } })
}

async function look(storage: RunStorage) {
  const events = await collect(storage.readEvents(RUN_ID))
  return { events, last: events.at(-1) }
}

function write(writer: RunWriter, body: Body): Promise<void> {
  return writer.append([toEvent(body, writer.lastSeq + 1)])
}

function toEvent(body: Body, seq: number): DurableEvent {
  // The events hold what the kit looks at, and no more.
  return { ...body, runId: RUN_ID, seq, ts: new Date(0).toISOString() } as unknown as DurableEvent
}
