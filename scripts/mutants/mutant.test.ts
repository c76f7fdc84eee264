import { describe, expect, it } from 'vitest'
import { inFile, mutate } from './mutant.ts'

const line = { rule: 'F4', off: 'nothing waits', text: 'if (waits) return', becomes: 'if ($&) return' }
const [mutant] = inFile('src/edges.ts', 'edges races', [line])
if (mutant === undefined) throw new Error('a table without a line')

describe('a mutant', () => {
  it('takes the place of its text, as it stands', () => {
    expect(mutate('a\nif (waits) return\nb', mutant)).toBe('a\nif ($&) return\nb')
  })

  it('has the tests of its table', () => {
    expect(mutant).toEqual({ ...line, file: 'src/edges.ts', tests: ['edges', 'races'] })
  })

  it('is stale when its text is gone', () => {
    expect(() => mutate('if (rests) return', mutant)).toThrow(
      /"F4: nothing waits" is stale: src\/edges\.ts holds its text 0 times/,
    )
  })

  it('is stale when its text stands there twice', () => {
    expect(() => mutate('if (waits) return\nif (waits) return', mutant)).toThrow(/holds its text 2 times/)
  })
})
