import { describe, expect, it } from 'vitest'
import { main, play, step } from './hand-run.fixture.ts'

describe('try', () => {
  it('F1: sequence', async () => {
    const run = await play(main(step('a'), step('b'), step('c')))
    expect(run.starts).toEqual(['a#1', 'b#1', 'c#1'])
    expect(run.status).toBe('succeeded')
    console.log(run.events.map((e) => e.type).join(' '))
  })
})
