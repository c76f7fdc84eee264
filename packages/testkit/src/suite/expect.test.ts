import { describe, expect, it } from 'vitest'
import { difference, expectEqual, expectRejects, within } from './expect.ts'

describe('difference', () => {
  it.each([
    ['equal data', { a: [1, { b: null }] }, { a: [1, { b: null }] }, undefined],
    ['another order of members', { a: 1, b: 2 }, { b: 2, a: 1 }, undefined],
    ['not a number', Number.NaN, Number.NaN, undefined],
    ['another value deep within', { a: [1, { b: 2 }] }, { a: [1, { b: 3 }] }, '.a.1.b is 2 instead of 3'],
    ['a missing member', {}, { a: undefined }, '.a is missing'],
    ['a member too many', { a: 1 }, {}, '.a is 1 instead of missing'],
    ['a shorter list', [1], [1, 2], '.1 is missing'],
    ['an array for an object', [], {}, 'the value is [] instead of {}'],
    ['a text for a number', '1', 1, 'the value is 1 instead of 1'],
    ['null for an object', null, {}, 'the value is null instead of {}'],
    ['minus zero', -0, 0, 'the value is 0 instead of 0'],
    ['an inherited member', JSON.parse('{"__proto__":1}'), {}, '.__proto__ is 1 instead of missing'],
  ])('tells %s', (_, actual, expected, found) => {
    expect(difference(actual, expected)).toBe(found)
  })

  it('clips what it shows', () => {
    expect(difference('x'.repeat(5_000), 'y')?.length).toBeLessThan(300)
  })
})

describe('the assertions of the kits', () => {
  it('say what was found, and where', () => {
    expect(() => expectEqual({ a: 1 }, { a: 2 }, 'the answer')).toThrow('the answer: .a is 1 instead of 2')
    expect(() => expectEqual({ a: 1 }, { a: 1 }, 'the answer')).not.toThrow()
  })

  it('give what a promise rejects with, and fail when it does not', async () => {
    expect(await expectRejects(Promise.reject('no'), 'It')).toBe('no')
    await expect(expectRejects(Promise.resolve(), 'It')).rejects.toThrow('It succeeds, but has to fail')
  })

  it('bound a promise in time', async () => {
    expect(await within(1_000, Promise.resolve(1), 'It')).toBe(1)
    await expect(within(1_000, Promise.reject(new Error('no')), 'It')).rejects.toThrow('no')
    await expect(within(1, new Promise(() => {}), 'It')).rejects.toThrow('It does not settle within 1 ms')
  })
})
