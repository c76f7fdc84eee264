/** My job: what the definitions that the orchestrator has now do to a run that began with others (rule S6). */
import type { EventDraft } from '../events/swarm-event.ts'
import { planRevisions, type Revision, type Revisions } from '../run/revision.ts'
import type { RunState } from '../run/state.ts'
import { engineFor } from './calls/engine-choice.ts'
import type { ChangedFlow } from './changed-flows.ts'
import type { Host } from './host.ts'
import { checkParams } from './manifest.ts'
import type { ResumeOptions } from './options.ts'

/** What the definitions that the orchestrator has now do to a run. */
export function revise(host: Host, state: RunState, changed: readonly ChangedFlow[]): Revisions {
  const flows = changed.flatMap(({ current }) => current ?? [])
  return planRevisions(state, flows, (step, flow) => engineFor(host, state, step, flow))
}

/** Throws `params_invalid` when an edited flow asks for params that its visits, or the run, were not given. */
export function checkGiven(state: RunState, revisions: Revisions): Revisions {
  const { manifest, journey } = state
  const toCome = manifest.flows.slice(journey.position + 1)
  for (const { flow, frames } of revisions.flows) {
    for (const id of frames) checkParams(state.frames.get(id)?.params ?? {}, flow, WAY_OUT)
    if (toCome.includes(flow.key)) checkParams(manifest.params, flow, WAY_OUT)
  }
  return revisions
}

const WAY_OUT = ' Mend the flow, go on with flow: "stored", or start a new run.'

/** The record of an edit that counts. */
export function flowRevised(
  host: Host,
  state: RunState,
  { revision, options }: { readonly revision: Revision; readonly options: ResumeOptions },
): EventDraft {
  const { flow, frames, reused, rearmed } = revision
  const previousDigest = state.flows.get(flow.key)?.digest ?? ''
  // What the resume allows the run goes before what the flow allows its visits.
  const durationMs = options.limits?.durationMs === undefined ? flow.limits?.durationMs : undefined
  return {
    type: 'flow_revised',
    flowKey: flow.key,
    previousDigest,
    flow,
    frames,
    reused,
    rearmed,
    ...(durationMs === undefined ? {} : { deadlineAt: host.clock.now() + durationMs }),
  }
}
