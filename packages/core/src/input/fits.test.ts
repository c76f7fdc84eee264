import { describe, expect, it } from 'vitest'
import { compileShape } from './fits.ts'
import { problemsIn } from './problems.ts'
import type { Shape } from './shape.ts'

/** As an instance of a class. */
const createThing = (): unknown => Object.assign(Object.create({ size: 2 }), { id: 'a' })

const shapes: Readonly<Record<string, Shape>> = {
  text: 'text',
  count: 'count',
  choice: { oneOf: ['a', 'b'] },
  list: { listOf: 'count' },
  'list of some': { listOf: 'count', least: 2 },
  'list of different ones': { listOf: { open: true, members: { id: 'text' } }, distinct: 'id' },
  object: { members: { id: 'text', 'size?': 'count', 'inner?': { members: { 'a?': 'flag' } } } },
  'open object': { open: true, members: { id: 'text', 'size?': 'count' } },
}

const values: readonly unknown[] = [
  ...[undefined, null, true, 0, 1, 1.5, Number.NaN, '', ' ', 'a', 'c', Symbol.iterator, () => 1],
  ...[[], [1], [1, 2], [1, 'a'], [{ id: 'a' }, { id: 'b' }], [{ id: 'a' }, { id: 'a' }], [createThing()]],
  ...[{}, { id: 'a' }, { id: 1 }, { id: 'a', size: undefined }, { id: 'a', size: 0 }, { id: 'a', size: 2 }],
  ...[{ id: 'a', x: 1 }, { id: 'a', x: undefined }, { id: 'a', toString: 1 }, createThing(), new Map()],
  ...[
    { id: 'a', inner: {} },
    { id: 'a', inner: { a: true } },
    { id: 'a', inner: { a: 1 } },
    { id: 'a', inner: [] },
  ],
  Object.assign(Object.create(null), { id: 'a' }),
]

describe('a test of a shape', () => {
  it.each(Object.entries(shapes))(
    'law 6: holds of a %s when nothing is wrong with it, and only then',
    (_, shape) => {
      const fits = compileShape(shape)
      for (const value of values) expect(fits(value)).toBe([...problemsIn(shape, value, '')].length === 0)
      expect(new Set(values.map(fits)).size).toBe(2)
    },
  )
})
