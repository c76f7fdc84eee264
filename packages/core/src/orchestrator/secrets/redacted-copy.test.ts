import { describe, expect, it } from 'vitest'
import { redactedCopy } from './redacted-copy.ts'
import { Redactor } from './redactor.ts'

const redactor = new Redactor(['secret-key'])
const copy = (value: unknown): unknown => redactedCopy(redactor, value)

describe('a copy without secrets (fault 39)', () => {
  it('fault 39: has none in its texts and in the names of its members', () => {
    const given = { 'is secret-key': ['a secret-key', { deep: 'secret-key' }, 1, null, true] }
    expect(copy(given)).toEqual({ 'is [secret]': ['a [secret]', { deep: '[secret]' }, 1, null, true] })
    expect(given).toEqual({ 'is secret-key': ['a secret-key', { deep: 'secret-key' }, 1, null, true] })
  })

  it('fault 39: has none in its numbers, which become texts', () => {
    const digits = new Redactor(['4929123456781234'])
    const given = [4929123456781234, { pin: -4929123456781234n }, 4929, 0.5]
    expect(redactedCopy(digits, given)).toEqual(['[secret]', { pin: '[secret]' }, 4929, 0.5])
  })

  it('fault 39: a list of a class of its own becomes a list, which says of itself what it holds', () => {
    class Sayings extends Array<unknown> {
      readonly #said = 'secret-key'
      toJSON(): string {
        return this.#said
      }
    }
    const copied = copy({ list: Sayings.from(['a', 'secret-key']) })
    expect(JSON.stringify(copied)).toBe('{"list":["a","[secret]"]}')
  })

  it('fault 24: leaves what is no JSON as it is, for others to refuse', () => {
    const error = new Error('secret-key')
    const given = { date: new Date(0), error, missing: undefined, big: 1n, act: () => 1 }
    expect(copy(given)).toStrictEqual(given)
  })

  it('fault 24: comes back from circles and from any depth', () => {
    const circle: Record<string, unknown> = { text: 'secret-key' }
    circle.left = circle
    circle.right = [circle]
    expect(copy(circle)).toMatchObject({ text: '[secret]', left: circle })
    let deep: unknown = 'secret-key'
    for (let level = 0; level < 100_000; level += 1) deep = [deep]
    expect(copy(deep)).toBeInstanceOf(Array)
  })

  it('fault 19: a member called __proto__ stays a member', () => {
    const copied = copy(JSON.parse('{ "__proto__": { "polluted": "secret-key" } }'))
    expect(JSON.stringify(copied)).toBe('{"__proto__":{"polluted":"[secret]"}}')
    expect(Reflect.get({}, 'polluted')).toBeUndefined()
  })

  it('law 5: throws what a getter throws', () => {
    const given = {
      get text(): string {
        throw new Error('boom')
      },
    }
    expect(() => copy(given)).toThrow('boom')
  })
})
