import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { hostileText, injections, looseTagsOf, tagsOf } from './injection.fixture.ts'
import { clip, guard, openTag, section } from './tags.ts'

describe('guard', () => {
  it.each(injections.map((text) => [JSON.stringify(text), text]))(
    'fault 38: leaves no tag of ours in %s',
    (_, text) => {
      expect(looseTagsOf(guard(text))).toEqual([])
    },
  )

  it('fault 38: leaves no tag of ours in any text, and keeps its length', () => {
    fc.assert(
      fc.property(hostileText, (text) => {
        const guarded = guard(text)
        expect(looseTagsOf(guarded)).toEqual([])
        expect(guarded).toHaveLength(text.length)
        expect(guard(guarded)).toBe(guarded)
      }),
    )
  })

  it('leaves every other markup as it is', () => {
    const text = '<task>a < b</task> <batons> <div class="baton:x"> baton: yes ```ts\n# Task\n```'
    expect(guard(text)).toBe(text)
  })

  it('takes time in proportion to the length of the text', () => {
    const text = `${'<'.repeat(100_000)}${`<${' '.repeat(1_000)}`.repeat(300)}${'<baton'.repeat(50_000)}`
    const started = performance.now()
    expect(guard(text)).toHaveLength(text.length)
    expect(performance.now() - started).toBeLessThan(1_000)
  })
})

describe('section', () => {
  it('fault 38: holds what it is given between tags that nothing inside can close', () => {
    fc.assert(
      fc.property(hostileText, hostileText, (content, value) => {
        const text = section('entry', guard(content), { step: 'plan', item: value })
        expect(tagsOf(text)).toEqual([openTag('entry', { step: 'plan', item: value }), '</baton:entry>'])
        expect(text.startsWith('<baton:entry step="plan" item="')).toBe(true)
        expect(text.endsWith('\n</baton:entry>')).toBe(true)
      }),
    )
  })

  it('writes an attribute on one line, without quotation marks and brackets, at most 200 characters', () => {
    expect(openTag('entry', { item: 'a"b<c>d\ne\u2028f\u202eg', pass: 2, agent: undefined })).toBe(
      `<baton:entry item="a'b‹c›d e f g" pass="2">`,
    )
    expect(openTag('e', { x: 'y'.repeat(500) })).toHaveLength('<baton:e x="">'.length + 200)
  })
})

describe('clip', () => {
  it.each([
    ['short', 10, 'short'],
    ['exactly 10', 10, 'exactly 10'],
    ['a text that is much too long', 20, 'a tex... (truncated)'],
    ['\ud83d\ude00\ud83d\ude00 and much more text', 18, '\ud83d\ude00... (truncated)'],
    ['a text', 3, '...'],
    ['a text', 0, ''],
  ])('A7.12: cuts %j to %i characters', (text, limit, expected) => {
    expect(clip(text, limit)).toBe(expected)
  })

  it('A7.12: is never longer than its limit and never ends in half a character', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary' }), fc.nat(40), (text, limit) => {
        const clipped = clip(text, limit)
        expect(clipped.length).toBeLessThanOrEqual(limit)
        if (text.length <= limit) expect(clipped).toBe(text)
        else if (limit >= 15) expect(clipped.endsWith('... (truncated)')).toBe(true)
        expect(clipped).not.toMatch(/\p{Surrogate}/u)
      }),
    )
  })
})
