/** My job: whether a place, a detour or a flow that a navigator names can be gone to (rule N1). */
import type { NavigationLimits, NavigationQuestion } from '../engine/navigator.ts'
import { didYouMean } from '../errors/closest.ts'
import { type Objections, object } from './objection.ts'

const DEFAULT_DEPTH = 3
const DEFAULT_DETOUR_USES = 3

/** Back to the target of a loop that the step decides, while its bound is not used up. */
export function judgeLoop({ stepId, loops }: NavigationQuestion, target: string): Objections {
  const loop = loops.find((candidate) => candidate.target === target)
  if (loop === undefined) {
    const known = loops.map((candidate) => candidate.target).join(', ') || 'none'
    return object(
      'loop_unknown',
      `Step "${stepId}" decides no loop back to "${target}". Its targets: ${known}.`,
    )
  }
  if (loop.rearms < loop.maxIterations) return []
  const message = `The loop from "${stepId}" back to "${target}" has used its ${loop.maxIterations} iterations.`
  return object('loop_bound_exceeded', message)
}

/** On to a step of the visit that has not begun. */
export function judgeTarget({ flow, steps }: NavigationQuestion, target: string): Objections {
  const standing = Object.hasOwn(steps, target) ? steps[target] : undefined
  if (standing === 'pending') return []
  if (standing === undefined) {
    const hint = didYouMean(target, Object.keys(steps))
    return object('target_unknown', `Flow "${flow.key}" has no step "${target}".${hint}`)
  }
  const message = `Step "${target}" has begun (${standing}). Only a loop leads back: name a step that is pending.`
  return object('target_begun', message)
}

/** A detour of the catalogue that may be taken once more. */
export function judgeDetour({ detours }: NavigationQuestion, id: string): Objections {
  const detour = detours.find((candidate) => candidate.id === id)
  if (detour === undefined) {
    const ids = detours.map((candidate) => candidate.id)
    return object('detour_unknown', `The catalogue has no detour "${id}".${didYouMean(id, ids)}`)
  }
  const { uses, maxUses = DEFAULT_DETOUR_USES } = detour
  if (uses < maxUses) return []
  return object('detour_used_up', `Detour "${id}" was taken ${uses} times, its bound in one run.`)
}

/** A flow that is known, not too deep, and not yet put in by the same step. @source A7.6 loop guard */
export function judgeInjection(
  { flows, stepId, depth, injections }: NavigationQuestion,
  flow: string,
  { depth: limit = DEFAULT_DEPTH }: NavigationLimits,
): Objections {
  const below = depth + 1
  const isRepeat = injections.some((before) => before.flow === flow && before.stepId === stepId)
  return [
    ...(flows.includes(flow)
      ? []
      : object('flow_unknown', `There is no flow "${flow}" to put in.${didYouMean(flow, flows)}`)),
    ...(below <= limit
      ? []
      : object(
          'beyond_depth',
          `Flow "${flow}" would stand at depth ${below}, but limits.depth is ${limit}.`,
        )),
    ...(isRepeat
      ? object('injected_before', `Step "${stepId}" has put flow "${flow}" in before. Take another way.`)
      : []),
  ]
}
