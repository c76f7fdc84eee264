import fc from 'fast-check'
import { expect, it } from 'vitest'
import { splitText } from './source-text.ts'

const languages = ['TypeScript', 'JavaScript', 'Python', 'Go', 'Rust', 'Java', 'C', 'C++'] as const

it('keeps every line and every place, whatever the text', () => {
  const anything = fc.array(
    fc.constantFrom('`', "'", '"', '/', '*', '\\', '\n', '${', '}', '{', 'r#', '#', 'x', ' ', '"""'),
  )
  fc.assert(
    fc.property(anything, fc.constantFrom(...languages), (parts, language) => {
      const text = parts.join('')
      const split = splitText(text, language)
      const breaks = (layer = '') => [...layer.matchAll(/\n/g)].map(({ index }) => index)
      expect([split?.code.length, split?.comments.length]).toEqual([text.length, text.length])
      expect([breaks(split?.code), breaks(split?.comments)]).toEqual([breaks(text), breaks(text)])
    }),
    { numRuns: 2_000 },
  )
})

it.each([
  ['TypeScript', 'a("{") // }', 'a(""")     '],
  ['TypeScript', "<p>Don't {x}</p>", "<p>Don't {x}</p>"],
  ['TypeScript', 'a = b / c / d', 'a = b / c / d'],
  ['TypeScript', 'a = /[/{]\\/}/g.x', 'a = """""""""".x'],
  ['TypeScript', 'return /{/', 'return """'],
  ['TypeScript', '</div>{', '</div>{'],
  // biome-ignore lint/suspicious/noTemplateCurlyInString: it is source text
  ['TypeScript', '`a${ {b: `c${d}` } }e`+f', '"""" {b: """"d"" } """+f'],
  ['Go', "a := `{\"\n}` + '{'", 'a := """\n"" + """'],
  ['Rust', "fn a<'x>(b: &'x str) { '{' }", 'fn a<\'x>(b: &\'x str) { """ }'],
  ['Rust', 'r#"{"}"# {', '"""""""" {'],
  ['Java', '"""\n{"\n""" {', '"""\n""\n""" {'],
  ['C', "'\"' {", '""" {'],
  ['C++', 'R"x({)")x" {', '"""""""""" {'],
  ['C++', "1'000'000 {", "1'000'000 {"],
  ['Python', "a = '''{\n'\n''' # {", 'a = """"\n"\n"""    '],
])('takes the text out of %s: %s', (language, text, code) => {
  expect(splitText(text, language)?.code).toBe(code)
})

it('keeps comments apart', () => {
  const text = 'a /* b\n c */ "// d" // e'
  expect(splitText(text, 'TypeScript')?.comments).toBe('  /* b\n c */        // e')
})

it('knows nothing of other languages', () => {
  expect(splitText('a', 'COBOL')).toBeUndefined()
})

it('stands a string, a comment and a line of a million characters', () => {
  const long = 'x'.repeat(1_000_000)
  for (const text of [
    `"${long}"`,
    `'${long}`,
    `/* ${long} */`,
    `\`${long}\``,
    `/${long}/`,
    '"'.repeat(200_001),
  ]) {
    for (const language of ['TypeScript', 'Rust'])
      expect(splitText(text, language)?.code).toHaveLength(text.length)
  }
})
