/** My job: what a loop's decision looks at: its reasons to exit, its evidence, and whether its body rests. */

import { digestText } from '../flow/digest.ts'
import type { JsonValue } from '../flow/json.ts'
import type { Loop } from '../flow/loops.ts'
import type { MicroloopRouting } from '../flow/routing.ts'
import { isSameWord, readField } from './compare.ts'
import { type FrameState, isActive, type LoopState, type StepState } from './state.ts'

const DEFAULT_MAX_ITERATIONS = 3
const DEFAULT_STALL_AFTER = 3
const DEFAULT_SUCCESS_VALUES = ['VERIFIED']

/** How far a loop has come. */
export interface LoopProgress {
  readonly rearms: number
  /** Equal evidence in a row. */
  readonly same: number
}

const NEVER_REARMED: LoopState = { count: 0, evidence: undefined, same: 0 }

/** How far a loop has come since it was last entered. */
export function loopStateOf(frame: FrameState, key: string): LoopState {
  return frame.loops.get(key) ?? NEVER_REARMED
}

/** Why a microloop exits, in the order of rule L2, or no reason: it goes round again. */
export function exitReason(
  step: StepState,
  routing: MicroloopRouting,
  { rearms, same }: LoopProgress,
): { readonly reason: string | undefined; readonly value: JsonValue | undefined } {
  const value = readField(step, routing.field)
  const verdict = readField(step, undefined)
  const successes = routing.successValues ?? DEFAULT_SUCCESS_VALUES
  const reasons: readonly (readonly [string, boolean])[] = [
    ['verified', value !== undefined && successes.some((success) => isSameWord(value, success))],
    ['no_further_help', step.result?.handoff?.canFurtherIterationHelp === false],
    ['blocked', verdict !== undefined && isSameWord(verdict, 'BLOCKED')],
    ['max_iterations', rearms >= (routing.maxIterations ?? DEFAULT_MAX_ITERATIONS)],
    ['stalled', same >= (routing.stallAfter ?? DEFAULT_STALL_AFTER)],
  ]
  return { reason: reasons.find(([, holds]) => holds)?.[0], value }
}

/** Digest of what the body achieved in this iteration. */
export function bodyEvidence(frame: FrameState, loop: Loop): string {
  const lines = loop.body.map((index) => {
    const step = frame.steps[index]
    const evidence = step?.result?.iteration === step?.iteration ? step?.result?.evidenceDigest : undefined
    return `${step?.place.id} ${evidence ?? step?.status}`
  })
  return digestText(lines.join('\n'))
}

/** Whether a step of the body, other than the one that decides, has not come to rest. */
export function isBusy(frame: FrameState, loop: Loop, decision: StepState): boolean {
  return loop.body.some((index) => {
    const step = frame.steps[index]
    return step !== undefined && step !== decision && isActive(step.status)
  })
}
