import fc from 'fast-check'
import { expect, it } from 'vitest'
import { code, count, embed, percent, plain, size, table } from './markdown.ts'

it.each([
  ['a.ts', '`a.ts`'],
  ['a`b', '``a`b``'],
  ['``a', '``` ``a ```'],
  [' a', '`  a `'],
  ['', '``'],
])('writes %j as code', (text, markdown) => {
  expect(code(text)).toBe(markdown)
})

it.each([
  ['snake_case stays', 'snake_case stays'],
  ['_emphasis_ *bold* `code`', '\\_emphasis\\_ \\*bold\\* \\`code\\`'],
  ['[link](x) <b> a|b', '\\[link\\](x) \\<b> a\\|b'],
  ['~~gone~~ ~5', '\\~~gone\\~~ ~5'],
  ['&amp; & R&D', '\\&amp; & R&D'],
])('takes the markup out of %j', (text, markdown) => {
  expect(plain(text)).toBe(markdown)
})

it('keeps the columns of a table, whatever is in its cells', () => {
  fc.assert(
    fc.property(fc.array(fc.constantFrom('|', '\\', '`', 'a', ' ', '*')), (parts) => {
      const text = parts.join('')
      const [, , row = ''] = table(['A', 'B'], [[code(text), plain(text)]]).split('\n')
      // As a renderer splits: at every pipe with no backslash before it.
      expect(row.split(/(?<!\\)\|/)).toHaveLength(4)
    }),
  )
})

it('aligns the columns with numbers', () => {
  expect(table(['File', 'Lines'], [['a', '1']], ['Lines'])).toBe(
    '| File | Lines |\n| --- | ---: |\n| a | 1 |',
  )
})

it('puts the headings of a text below its own', () => {
  expect(embed('# Top\n\n###### Deep\n#hash', 2)).toBe('### Top\n\n### Deep\n#hash')
})

it('leaves code alone and closes an open fence', () => {
  const text = 'Use `Map<string>` not <script>\n```ts\n# no heading\nconst a: Array<string>'
  expect(embed(text, 2)).toBe(
    'Use `Map<string>` not &lt;script>\n```ts\n# no heading\nconst a: Array<string>\n```',
  )
  expect(embed('````\n```\n# x\n````\n# y', 2)).toBe('````\n```\n# x\n````\n### y')
})

it('counts in words that a reader expects', () => {
  expect([count(1, 'file'), count(0, 'file'), count(12_345, 'day'), count(2, 'entry')]).toEqual([
    '1 file',
    '0 files',
    '12,345 days',
    '2 entries',
  ])
  expect([percent(0, 5), percent(1, 900), percent(1, 2), percent(1, 0)]).toEqual([
    '0 %',
    '< 1 %',
    '50 %',
    '< 1 %',
  ])
  expect([size(1), size(1_499), size(2_340_000)]).toEqual(['1 byte', '1 kB', '2.3 MB'])
})
