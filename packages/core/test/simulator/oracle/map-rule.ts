/** Whether a map runs its items by rule M1. */
import type { StepEnd, StepError } from '../../../src/events/step-events.ts'
import type { MapStep } from '../../../src/flow/definition.ts'
import { createPlainExecution, isOver, isUnderWay, type PlainExecution } from './plain-visit.ts'

type Items = ReadonlyMap<string, PlainExecution>

/** What is wrong with the start of an item; nothing when it may start. */
export function objectionToItem(
  items: Items | undefined,
  key: string,
  { concurrency = Number.POSITIVE_INFINITY }: MapStep,
): string | undefined {
  const item = items?.get(key)
  if (items === undefined || item === undefined) return 'it is none of the recorded items'
  if (item.status !== 'pending' && item.status !== 'retrying') return `it is ${item.status}`
  const others = [...items.values()].filter((other) => other !== item && isUnderWay(other)).length
  return others < concurrency ? undefined : `${others} others are under way, of ${concurrency}`
}

/** What is wrong with the end of a map; nothing when it is right. */
export function objectionToMapEnd(
  items: Items | undefined,
  event: StepEnd | StepError,
  { itemRule = 'all_success' }: MapStep,
): string | undefined {
  if (event.type === 'step_error' && event.error.code !== 'map_items_failed') return undefined
  const all = [...(items?.values() ?? [])]
  if (items === undefined || !all.every(isOver)) return 'its items are not over'
  const succeeded = all.filter(({ status }) => status === 'succeeded').length
  const isCutShort = all.some(({ reason }) => reason === 'stopped' || reason === 'budget')
  const holds = {
    all_success: !isCutShort && !all.some(({ status }) => status === 'failed'),
    all_done: !isCutShort,
    one_success: succeeded > 0 || all.length === 0,
  }[itemRule]
  if (holds !== (event.type === 'step_end'))
    return `${succeeded} of ${all.length} items succeeded (${itemRule})`
  return event.type === 'step_end' ? objectionToPlaces(all, event) : undefined
}

/** Every item has its place in the output, also one that failed. */
function objectionToPlaces(items: readonly PlainExecution[], { data }: StepEnd): string | undefined {
  if (data === undefined) return undefined
  if (!Array.isArray(data) || data.length !== items.length) return `it gave not ${items.length} places`
  const wrong = items.findIndex(
    ({ status }, place) => status === 'failed' && data[place]?.status !== 'failed',
  )
  return wrong < 0 ? undefined : `place ${wrong} does not tell its failure`
}

/** Items as they stand when their map runs again: those that succeeded are not repeated. */
export function itemsAgain(items: Items): Items {
  return new Map(
    [...items].map(([key, item]) => [key, item.status === 'succeeded' ? item : createPlainExecution()]),
  )
}
