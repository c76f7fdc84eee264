import type { SwarmEvent } from '@batonjs/core'
import { describe, expect, it } from 'vitest'
import { allOf, collect, firstOf, lastOf, take, typesOf } from './collect.ts'
import { createSampleJournal } from './storage/sample-journal.ts'

async function* numbers() {
  for (let number = 1; ; number++) yield number
}

function sample(): readonly SwarmEvent[] {
  const journal = createSampleJournal('run-1')
  journal.begin()
  journal.notes(2)
  return journal.events
}

describe('collectors', () => {
  it('collect a stream, but not one without an end', async () => {
    const three = (async function* () {
      yield* [1, 2, 3]
    })()
    expect(await collect(three)).toEqual([1, 2, 3])
    await expect(collect(numbers(), 5)).rejects.toThrow('after 5 values')
  })

  it('take some values and leave', async () => {
    expect(await take(numbers(), 2)).toEqual([1, 2])
    expect(await take(numbers(), 0)).toEqual([])
    const endless = numbers()
    await take(endless, 1)
    expect(await endless.next()).toEqual({ done: true, value: undefined })
  })

  it('tell types and find events by type', () => {
    const events = sample()
    expect(typesOf(events)).toEqual(['run_created', 'run_started', 'diagnostic', 'diagnostic'])
    expect(allOf(events, 'diagnostic').map(({ message }) => message)).toEqual(['Note 0', 'Note 1'])
    expect(firstOf(events, 'diagnostic').message).toBe('Note 0')
    expect(lastOf(events, 'diagnostic').message).toBe('Note 1')
  })

  it('say what there is instead of what was looked for', () => {
    expect(() => lastOf(sample(), 'run_completed')).toThrow(
      'There is no "run_completed" among: run_created, run_started, diagnostic',
    )
  })
})
