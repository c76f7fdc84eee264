import { describe, expect, it } from 'vitest'
import { examplePattern } from './example-pattern.ts'

describe('examplePattern', () => {
  it.each([
    '^abc$',
    '^[a-z][a-z0-9_-]*$',
    '^\\d{4}-\\d{2}-\\d{2}$',
    '^(feat|fix)(\\(\\w+\\))?: .+$',
    '^(?:[0-9a-f]{2}:){5}[0-9a-f]{2}$',
    '^[^a-c]+$',
    '^v\\d+\\.\\d+\\.\\d+(-[\\w.]+)?$',
    '^\\s?\\S+$',
    '^#[0-9A-Fa-f]{6}$',
    'a+b*c?',
    '^(?<name>x{2,3})\\.$',
    '^[\\]x]$',
    '^\\p{Lu}{3}$',
    '^.{12}$',
    '',
  ])('finds a text for /%s/', (pattern) => {
    expect(examplePattern(pattern)).toMatch(new RegExp(pattern, 'u'))
  })

  it('writes each part as seldom as it may', () => {
    expect(examplePattern('^a*b+c{2,}d?$')).toBe('bcc')
  })

  it.each(['^(?=x)y$', '(a', '^a(?!a)b\\1$', '[z-a]'])('gives up on /%s/', (pattern) => {
    expect(examplePattern(pattern)).toBeUndefined()
  })
})
