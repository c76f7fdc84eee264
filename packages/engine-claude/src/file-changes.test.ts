import type { JsonObject, JsonValue } from '@batonjs/core'
import { expect, it } from 'vitest'
import { fileChangesOf } from './file-changes.ts'

interface Told {
  readonly output?: JsonValue
  readonly success?: boolean
  readonly details?: unknown
}

function changesOf(tool: string, input: JsonObject, { output = '', success = true, details }: Told = {}) {
  const outcome = { toolUseId: 't', success, isRefused: false, output, details }
  return fileChangesOf({ tool, input, outcome }, '/work').flatMap((event) =>
    event.type === 'file_changes' ? event.files : [],
  )
}

it('a file within the folder has the path that somebody there would write, another one its whole path', () => {
  const paths = ['/work/src/a.ts', 'src/a.ts', './b', '/etc/hosts', '../other/c', '/workshop/d', '..e']
  const told = paths.map((path) => changesOf('Write', { file_path: path })[0]?.path)
  expect(told).toEqual(['src/a.ts', 'src/a.ts', 'b', '/etc/hosts', '/other/c', '/workshop/d', '..e'])
})

it('the lines of a change are those of its patch', () => {
  const structuredPatch = [{ lines: [' a', '-b', '+c', '+d'] }, { lines: ['-e'] }]
  expect(changesOf('Edit', { file_path: 'f' }, { details: { structuredPatch } })).toEqual([
    { path: 'f', action: 'modified', insertions: 2, deletions: 2 },
  ])
})

it.each([
  ['', 0],
  ['one', 1],
  ['one\n', 1],
  ['one\n\ntwo', 3],
])('a new file with %j has as many lines as a reader counts', (content, insertions) => {
  const details = { type: 'create', content }
  expect(changesOf('Write', { file_path: 'f' }, { details })).toEqual([
    { path: 'f', action: 'created', insertions, deletions: 0 },
  ])
})

it('what a tool says in words alone is told without lines', () => {
  const created = { output: 'File created successfully at: f' }
  expect(changesOf('Write', { file_path: 'f' }, created)).toEqual([{ path: 'f', action: 'created' }])
  expect(changesOf('NotebookEdit', { notebook_path: 'n.ipynb' })).toEqual([
    { path: 'n.ipynb', action: 'modified' },
  ])
})

it('a tool that failed, or that writes no files, has changed none', () => {
  expect(changesOf('Write', { file_path: 'f' }, { success: false })).toEqual([])
  expect(changesOf('Read', { file_path: 'f' })).toEqual([])
  expect(changesOf('Write', {})).toEqual([])
})
