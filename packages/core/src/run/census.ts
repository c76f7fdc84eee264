/** My job: what became of every step, for the last event of a run (law 6). */
import type { Census, CensusFailure } from '../events/run-events.ts'
import { isAbsorbed } from './outcome.ts'
import type { FrameState, RunState, StepState } from './state.ts'

const SHOWN_FAILURES = 200
const SHOWN_LOOPS = 1_000

/** Counts every step of every visit by how it ended. */
export function takeCensus(state: RunState): Census {
  const frames = [...state.frames.values()]
  const steps = frames.flatMap((frame) => frame.steps)
  const skipped = steps.filter((step) => step.status !== 'succeeded' && step.status !== 'failed')
  const failed = steps.filter((step) => step.status === 'failed')
  return {
    succeeded: steps.length - skipped.length - failed.length,
    failed: failed.length,
    skipped: skipped.length,
    skippedBecause: countReasons(skipped),
    failures: failed.slice(0, SHOWN_FAILURES).map(toFailure),
    earlierFailures: state.tally.earlierFailures,
    interruptions: state.tally.interruptions,
    items: countItems(frames),
    loops: state.tally.loopExits.slice(0, SHOWN_LOOPS),
  }
}

/** A step that never settled, because the run was canceled or had to end, counts as stopped. */
function countReasons(skipped: readonly StepState[]): Record<string, number> {
  const counts: Record<string, number> = {}
  for (const step of skipped) {
    const reason = step.skipReason ?? 'stopped'
    counts[reason] = (counts[reason] ?? 0) + 1
  }
  return counts
}

function toFailure(step: StepState): CensusFailure {
  return {
    step: `${step.frame.id}/${step.place.id}`,
    code: step.error?.code ?? 'unknown',
    message: step.error?.message ?? '',
    absorbed: isAbsorbed(step),
  }
}

function countItems(frames: readonly FrameState[]): Census['items'] {
  const items = { succeeded: 0, failed: 0, skipped: 0 }
  const maps = frames.flatMap((frame) => frame.steps.flatMap((step) => step.map ?? []))
  for (const { status } of maps.flatMap((map) => map.executions)) {
    if (status === 'succeeded' || status === 'failed') items[status] += 1
    else items.skipped += 1
  }
  return items
}
