/** My job: the first session of a new run. */
import { StorageError } from '../errors/swarm-error.ts'
import type { DurableEvent } from '../events/swarm-event.ts'
import { createState, fold } from '../run/fold.ts'
import type { Host } from './host.ts'
import { createStamp } from './journal.ts'
import { planRun } from './manifest.ts'
import { checkRunId } from './memory/artifact-path.ts'
import { noticesOf } from './notices.ts'
import type { RunRequest } from './options.ts'
import { inRunTime } from './run-clock.ts'
import { createRunId } from './run-id.ts'
import { Session } from './session.ts'

const ID_TRIES = 3

/** Creates a run and owns it. Nothing is written before the whole request has been checked. */
export async function beginRun(host: Host, request: RunRequest, parks: boolean): Promise<Session> {
  const plan = planRun(host, request)
  if (request.runId !== undefined) checkRunId(request.runId)
  const { events, writer } = await create(host, plan, request.runId)
  const [created, ...rest] = events
  const state = createState(created)
  for (const event of rest) fold(state, event)
  return new Session({
    host: inRunTime(host, state),
    state,
    writer,
    onRequest: request.onRequest,
    parks,
    opening: noticesOf(writer),
    untold: events,
  })
}

type FirstEvents = readonly [DurableEvent, ...DurableEvent[]]

async function create(
  host: Host,
  plan: ReturnType<typeof planRun>,
  runId: string | undefined,
): Promise<{
  readonly events: FirstEvents
  readonly writer: Awaited<ReturnType<Host['storage']['createRun']>>
}> {
  for (let tries = 1; ; tries += 1) {
    const events = firstEvents(host, plan, runId ?? createRunId(host))
    try {
      return { events, writer: await host.storage.createRun(events, { sync: host.sync }) }
    } catch (error) {
      const isTaken = StorageError.is(error) && error.code === 'run_exists'
      if (runId !== undefined || !isTaken || tries >= ID_TRIES) throw error
    }
  }
}

function firstEvents(
  host: Host,
  { manifest, flows }: ReturnType<typeof planRun>,
  runId: string,
): FirstEvents {
  const ts = createStamp(host.clock)()
  const { durationMs } = manifest.limits
  const deadline = durationMs === undefined ? {} : { deadlineAt: host.clock.now() + durationMs }
  return [
    { runId, seq: 1, ts, type: 'run_created', formatVersion: 1, manifest, flows },
    { runId, seq: 2, ts, type: 'run_started', owner: host.owner, ...deadline },
  ]
}
