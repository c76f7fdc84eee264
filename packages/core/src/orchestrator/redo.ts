/** My job: which steps a resume runs again, and why (rules S5 and S6). */
import { failedSteps, limitedSteps } from '../run/interrupted.ts'
import type { Revisions } from '../run/revision.ts'
import type { RunState } from '../run/state.ts'
import type { ResumeOptions } from './options.ts'

/** Why steps run again as they stand, with the visits and the items that they have, by `frame/step`. */
export function redoCauses(
  state: RunState,
  options: ResumeOptions,
  revisions: Revisions,
): ReadonlyMap<string, string> {
  const causes = new Map<string, string>()
  const note = (steps: readonly string[], cause: string): void => {
    for (const step of steps) if (!revisions.discarded.has(visitOf(step))) causes.set(step, cause)
  }
  note(revisions.limited, 'a limit held it up')
  if (options.limits !== undefined || options.budget !== undefined) note(limitedSteps(state), 'higher limits')
  if (options.retryFailed === true) note(failedSteps(state), 'retryFailed')
  note(revisions.parents, 'its flow goes on')
  for (const step of revisedCauses(revisions).keys()) causes.delete(step)
  return causes
}

function visitOf(step: string): string {
  return step.slice(0, step.indexOf('/'))
}

/** Why steps begin anew after an edit, by `frame/step`. */
export function revisedCauses({ flows }: Revisions): ReadonlyMap<string, string> {
  const rearmed = flows.flatMap((revision) => revision.rearmed)
  return new Map(rearmed.map(({ frame, stepId, cause }) => [`${frame}/${stepId}`, cause]))
}
