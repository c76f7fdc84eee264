import { expect, it } from 'vitest'
import { inspectContent } from './inspect.ts'

function markersOf(path: string, text: string) {
  return inspectContent(path, Buffer.from(text)).markers.map(
    ({ line, word, text: rest }) => `${line} ${word} ${rest}`,
  )
}

it('finds markers in comments, not in strings, names or prose', () => {
  const text = `
// TODO: first
const list = ['TODO', "FIXME: no"] // 'TODO' as a word
/*
 * FIXME(ada) second */
const TODO = 1
// the list of TODOS, a todo, METHODOLOGY
`
  expect(markersOf('a.ts', text)).toEqual(['2 TODO first', '5 FIXME (ada) second'])
})

it('finds markers behind the sign of a comment where the language is not understood', () => {
  const text =
    '# TODO one\nTODO: no comment\n  # HACK: two\n<!-- FIXME three -->\n-- TODO four\nx = "a TODO b"\n'
  expect(markersOf('a.yaml', text)).toEqual(['1 TODO one', '3 HACK two', '4 FIXME three', '5 TODO four'])
})

it('takes documentation and data at their word', () => {
  expect(markersOf('README.md', '- TODO: write this\n')).toEqual([])
  expect(markersOf('rows.csv', '# TODO\n')).toEqual([])
})

it('shows a marker on one line of at most a hundred characters', () => {
  const [marker] = inspectContent('a.ts', Buffer.from(`// TODO: \u202e${'x'.repeat(500)}`)).markers
  expect(marker?.text).toMatch(/^\\u\{202e\}x+…x+$/)
  expect(marker?.text).toHaveLength(100)
})

it('counts lines as a reader does', () => {
  const lines = (text: string) => inspectContent('a.ts', Buffer.from(text)).lines
  expect([lines(''), lines('a'), lines('a\n'), lines('a\nb'), lines('\n\n')]).toEqual([0, 1, 1, 2, 2])
})

it('looks into no binary file, whatever its name', () => {
  expect(inspectContent('a.ts', Buffer.from('// TODO\0'))).toMatchObject({
    kind: 'binary',
    lines: 0,
    markers: [],
  })
})
