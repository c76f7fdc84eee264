import type { DurableEvent, StepScope } from '@batonjs/core'

/** One law of journals: sees the events in order and tells what each of them breaks. */
export type JournalRule = (event: DurableEvent) => readonly string[]

/** No problem. */
export const SOUND: readonly string[] = []

/** Which execution: `build#1/review[src]#2`. */
export function executionOf({ frame, stepId, item, iteration }: Omit<StepScope, 'attempt'>): string {
  return `${placeOf(frame, stepId, item)}#${iteration}`
}

/** Which step or map item, whatever its iteration: `build#1/review[src]`. */
export function placeOf(frame: string, stepId: string, item?: string): string {
  return item === undefined ? `${frame}/${stepId}` : `${frame}/${stepId}[${item}]`
}
