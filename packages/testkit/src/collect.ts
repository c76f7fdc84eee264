import type { SwarmEvent, SwarmEventType } from '@batonjs/core'

/** The events of one type. */
export type EventOf<Type extends SwarmEventType> = Extract<SwarmEvent, { type: Type }>

/** Reads a stream to its end. Throws after `limit` values, for a stream that does not end. @default 1_000_000 */
export async function collect<T>(stream: AsyncIterable<T>, limit = 1_000_000): Promise<T[]> {
  const values: T[] = []
  for await (const value of stream) {
    values.push(value)
    if (values.length > limit) throw new Error(`The stream goes on after ${limit} values`)
  }
  return values
}

/** Reads that many values, then leaves the stream. Fewer when it ends before. */
export async function take<T>(stream: AsyncIterable<T>, count: number): Promise<T[]> {
  const values: T[] = []
  if (count <= 0) return values
  for await (const value of stream) {
    values.push(value)
    if (values.length >= count) break
  }
  return values
}

/** The types of events, in order. */
export function typesOf(events: Iterable<SwarmEvent>): SwarmEventType[] {
  return Array.from(events, ({ type }) => type)
}

/** The events of one type, in order. */
export function allOf<Type extends SwarmEventType>(
  events: Iterable<SwarmEvent>,
  type: Type,
): EventOf<Type>[] {
  return Array.from(events).filter((event): event is EventOf<Type> => event.type === type)
}

/** The first event of a type. Throws with the types that are there when there is none. */
export function firstOf<Type extends SwarmEventType>(
  events: Iterable<SwarmEvent>,
  type: Type,
): EventOf<Type> {
  return found(allOf(events, type)[0], events, type)
}

/** The last event of a type. Throws with the types that are there when there is none. */
export function lastOf<Type extends SwarmEventType>(events: Iterable<SwarmEvent>, type: Type): EventOf<Type> {
  return found(allOf(events, type).at(-1), events, type)
}

function found<T>(event: T | undefined, events: Iterable<SwarmEvent>, type: SwarmEventType): T {
  if (event !== undefined) return event
  throw new Error(`There is no "${type}" among: ${[...new Set(typesOf(events))].join(', ')}`)
}
