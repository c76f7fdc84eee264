import { describe, expect, it } from 'vitest'
import type { DurableEvent } from '../../events/swarm-event.ts'
import { createBroadcast } from './broadcast.ts'

const event = (seq: number): DurableEvent => ({
  runId: 'run-1',
  seq,
  ts: 'now',
  type: 'diagnostic',
  code: 'test',
  message: `${seq}`,
})
const upTo = (last: number) => Array.from({ length: last }, (_, index) => event(index + 1))

/** A broadcast of a run, and from where its journal was read again. */
function create(events: readonly DurableEvent[]) {
  const replays: number[] = []
  const broadcast = createBroadcast('run-1', 0, {
    stamp: () => 'now',
    async *replay(fromSeq) {
      replays.push(fromSeq)
      yield* events.slice(fromSeq - 1)
    },
  })
  return { broadcast, replays }
}

describe('the events that readers share', () => {
  it.each([
    ['a few are kept: a late reader needs no journal', 100, []],
    ['of many only the latest are kept: a late reader finds the others in the journal', 5_000, [1]],
  ])('S4: %s', async (_, count, read) => {
    const events = upTo(count)
    const { broadcast, replays } = create(events)
    for (const one of events) broadcast.publish([one])
    broadcast.end()
    const reader = broadcast.read(1)
    for (const { seq } of events) expect(await reader.next()).toMatchObject({ seq })
    expect(await reader.next()).toBeUndefined()
    expect(replays).toEqual(read)
    await reader.close()
  })
})
