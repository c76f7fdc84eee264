import { expect, it } from 'vitest'
import { missingFrom, playQuarter } from '../../test/simulator/quarter.ts'

it('S5: the second quarter of the seeds settles, keeps the rules, and ends alike after faults', async () => {
  expect(missingFrom(await playQuarter(2))).toEqual([])
}, 180_000)
