/** What lives in a process equals what its journal says (law 1). */
import { isDeepStrictEqual } from 'node:util'
import { isDurable } from '../../../src/events/swarm-event.ts'
import { foldRun } from '../../../src/run/fold.ts'
import { describeState } from '../describe-state.ts'
import type { Disk } from '../world/disk.ts'
import { sessionOf } from '../world/live-sessions.ts'
import { ownerOf, type Seat } from '../world/seat.ts'
import { forgottenStart } from './held-starts.ts'

/** A refold of the journal equals the live state, as far as the journal is whole. */
export function checkLive({ process }: Seat, { lines }: Disk): readonly string[] {
  const session = sessionOf(ownerOf(process))
  if (session === undefined || session.state.lastSeq !== lines.length) return []
  const forgotten = forgottenStart(session.state)
  if (forgotten !== undefined)
    return [`at seq ${lines.length} ${forgotten} is held back, though its budget is free (B3)`]
  const live = JSON.stringify(describeState(session.state))
  const refolded = JSON.stringify(describeState(foldRun(lines.map((line) => JSON.parse(line)))))
  if (live === refolded) return []
  const difference = firstDifference(JSON.parse(live), JSON.parse(refolded), 'state')
  return difference === undefined
    ? []
    : [`a refold at seq ${lines.length} is not the live state: ${difference}`]
}

/** A reader of the stream gets every event from its place on, once and in order (S4). */
export function checkStream({ read }: Seat, { lines }: Disk): readonly string[] {
  const durable = read.filter(isDurable)
  const [first] = durable
  if (first === undefined) return []
  const wrong = durable.findIndex((event, index) => event.seq !== first.seq + index)
  if (wrong >= 0) return [`a reader got seq ${durable[wrong]?.seq} where ${first.seq + wrong} was due`]
  const other = durable.find((event) => JSON.stringify(event) !== lines[event.seq - 1])
  return other === undefined ? [] : [`a reader got another event than the journal holds at seq ${other.seq}`]
}

function firstDifference(a: unknown, b: unknown, path: string): string | undefined {
  if (isDeepStrictEqual(a, b)) return undefined
  if (isObject(a) && isObject(b)) {
    for (const key of new Set([...Object.keys(a), ...Object.keys(b)])) {
      const difference = firstDifference(a[key], b[key], `${path}.${key}`)
      if (difference !== undefined) return difference
    }
  }
  return `${path} is ${JSON.stringify(a)} alive, but ${JSON.stringify(b)} refolded`.slice(0, 400)
}

function isObject(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null
}
