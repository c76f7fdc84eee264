import { describe, expect, it } from 'vitest'
import type { StepScope } from '../../events/envelope.ts'
import type { TransientEvent } from '../../events/swarm-event.ts'
import { createChunkQueue } from './chunk-queue.ts'

const scopeOf = (stepId: string): StepScope => ({
  flowKey: 'main',
  visit: 1,
  frame: 'main#1',
  stepId,
  iteration: 1,
  attempt: 1,
})
const one = scopeOf('one')
const two = scopeOf('two')

function create() {
  const queue = createChunkQueue('run-1', () => 'now')
  const drain = (seq = Number.POSITIVE_INFINITY): TransientEvent[] => {
    const events: TransientEvent[] = []
    queue.release()
    for (let event = queue.takeBefore(seq); event !== undefined; event = queue.takeBefore(seq))
      events.push(event)
    return events
  }
  return { queue, drain }
}

function notice(message: string): TransientEvent {
  return { type: 'retry_notice', ...one, runId: 'run-1', ts: 'now', after: 1, message }
}

const textsOf = (events: readonly TransientEvent[]) =>
  events.map((event) => (event.type === 'token_chunk' ? event.text : event.type))

describe('the chunks that wait for a reader', () => {
  it('S4: none grows beyond 64 kB by being joined', () => {
    const { queue, drain } = create()
    for (let times = 0; times < 20; times += 1) queue.add(one, 'x'.repeat(10_000), 1)
    const sizes = textsOf(drain()).map((text) => text.length)
    expect(sizes).toEqual([60_000, 60_000, 60_000, 20_000])
  })

  it('S4: neighbours of one call are joined, others are kept apart and in order', () => {
    const { queue, drain } = create()
    for (const text of ['a', 'b']) queue.add(one, text, 1)
    queue.add(two, 'c', 1)
    queue.add(one, 'd', 1)
    queue.add(one, 'e', 2)
    expect(textsOf(drain())).toEqual(['ab', 'c', 'd', 'e'])
  })

  it('S4: what is added is kept back until it is released, and then joined to it', () => {
    const { queue } = create()
    queue.add(one, 'a', 1)
    expect(queue.takeBefore(2)).toBeUndefined()
    queue.release()
    queue.add(one, 'b', 1)
    queue.add(two, 'c', 1)
    expect(queue.takeBefore(2)).toMatchObject({ type: 'token_chunk', text: 'ab' })
    expect(queue.takeBefore(2)).toBeUndefined()
  })

  it('S4: a chunk is given out before the event that came after it, and not sooner', () => {
    const { queue, drain } = create()
    queue.add(one, 'early', 4)
    queue.add(one, 'late', 5)
    expect(textsOf(drain(5))).toEqual(['early'])
    expect(textsOf(drain(5))).toEqual([])
    expect(textsOf(drain(6))).toEqual(['late'])
  })

  it('S4: what does not fit is dropped, the oldest first, and counted exactly', () => {
    const { queue, drain } = create()
    const text = 'x'.repeat(1_000)
    for (let index = 0; index < 3_000; index++) queue.add(one, text, 1)
    const [first, ...rest] = drain()
    const kept = rest.reduce((sum, event) => sum + (event.type === 'token_chunk' ? event.text.length : 0), 0)
    expect(first).toMatchObject({ type: 'chunks_dropped', stepId: 'one', after: 1 })
    expect(first?.type === 'chunks_dropped' && first.characters + kept).toBe(3_000_000)
    expect(kept).toBeLessThanOrEqual(1024 * 1024)
    expect(kept).toBeGreaterThan(900_000)
  })

  it('S4: a loss is told even when nothing is left to be read', () => {
    const { queue, drain } = create()
    queue.add(one, 'x'.repeat(2_000_000), 1)
    expect(drain()).toEqual([
      expect.objectContaining({ type: 'chunks_dropped', chunks: 1, characters: 2_000_000 }),
    ])
    expect(drain()).toEqual([])
  })

  it.each([
    [
      'short chunks of calls that take turns',
      (queue: ReturnType<typeof create>['queue'], index: number) =>
        queue.add(index % 2 === 0 ? one : two, 'x', 1),
    ],
    ['empty chunks', (queue: ReturnType<typeof create>['queue'], index: number) => queue.add(one, '', index)],
    [
      'notices',
      (queue: ReturnType<typeof create>['queue'], index: number) => queue.push(one, notice(`${index}`)),
    ],
  ])('S4: %s are bounded too', (_, add) => {
    const { queue, drain } = create()
    for (let index = 0; index < 100_000; index++) add(queue, index)
    const events = drain()
    const lost = events.reduce((sum, event) => sum + (event.type === 'chunks_dropped' ? event.chunks : 0), 0)
    expect(events.length).toBeLessThan(10_000)
    expect(lost + events.length - 1).toBe(100_000)
  })
})
