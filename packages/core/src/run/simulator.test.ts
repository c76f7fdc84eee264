import { describe, expect, it } from 'vitest'
import { drawScenario } from '../../test/simulator/draw/draw-scenario.ts'
import { createFigures } from '../../test/simulator/figures.ts'
import { readKeptSeeds } from '../../test/simulator/kept-seeds.ts'
import { playScenario } from '../../test/simulator/play-scenario.ts'

describe('the simulator (fault 47)', () => {
  it('draws and plays a seed alike, time after time', async () => {
    const play = async () => {
      const { plays } = await playScenario({ scenario: drawScenario(7, createFigures().draws), order: 7 })
      return plays.map(({ how, story, journal }) => ({ how, story, journal }))
    }
    const once = await play()
    expect(once.length).toBeGreaterThan(2)
    expect(await play()).toEqual(once)
  })
})

describe('scenarios that once failed', () => {
  it.each(readKeptSeeds())('seed $seed: $why', async (kept) => {
    const { problems } = await playScenario({ isThorough: true, ...kept })
    expect(problems).toEqual([])
  })

  it.each(readKeptSeeds())('seed $seed says why it failed', ({ why }) => {
    expect(why).toMatch(/^[A-Z]\d: ./)
  })
})
