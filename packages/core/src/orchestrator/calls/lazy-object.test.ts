import { inspect } from 'node:util'
import { describe, expect, it } from 'vitest'
import { lazyObject } from './lazy-object.ts'

describe('lazyObject', () => {
  const create = () => {
    let makes = 0
    const lazy = lazyObject(() => {
      makes += 1
      return {
        a: 1,
        get b() {
          return this.a + 1
        },
        sum: (c: number) => c + 1,
      }
    })
    return { lazy, makes: () => makes }
  }

  it('section 12: makes nothing before somebody looks, and then once', () => {
    const { lazy, makes } = create()
    expect(makes()).toBe(0)
    expect([lazy.a, lazy.b, lazy.sum(2), 'a' in lazy, 'c' in lazy]).toEqual([1, 2, 3, true, false])
    expect(makes()).toBe(1)
  })

  it('section 6: is to whoever holds it what was made: copied, listed, told from others, shown', () => {
    expect({ ...create().lazy }).toMatchObject({ a: 1, b: 2 })
    expect(Object.keys(create().lazy)).toEqual(['a', 'b', 'sum'])
    expect(Object.getPrototypeOf(create().lazy)).toBe(Object.prototype)
    expect(inspect(create().lazy)).toBe('{ a: 1, b: 2, sum: [Function: sum] }')
  })

  it('section 6: takes what is assigned, as a plain object does', () => {
    const { lazy } = create()
    lazy.a = 5
    expect([lazy.a, lazy.b]).toEqual([5, 6])
  })
})
