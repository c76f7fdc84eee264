import { expect, it } from 'vitest'
import { addedOf, median, quantile, renderLatency } from './figures.ts'

it('the median is the value in the middle, whatever the order', () => {
  expect(median([9, 1, 5])).toBe(5)
  expect(median([4, 1, 3, 2])).toBe(2.5)
  expect(quantile([0, 10], 0.25)).toBe(2.5)
})

it('what Baton adds is the difference of the medians', () => {
  const figures = { title: 'x', bare: [10, 11, 12], newRun: [20, 21, 100], nextStep: [13, 14, 15] }
  expect(addedOf(figures)).toEqual({ step: 3, run: 10 })
  expect(renderLatency([figures])).toContain(
    '| x | 3 | 11.0 (10.5–11.5) | 14.0 (13.5–14.5) | 21.0 (20.5–60.5) | 3.0 | 10.0 |',
  )
})
