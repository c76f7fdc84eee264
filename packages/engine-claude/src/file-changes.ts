import { isAbsolute, relative, resolve } from 'node:path'
import type { EngineEvent, FileChange } from '@batonjs/core'
import { memberOf, objectsIn, textIn } from './fields.ts'
import type { ToolOutcome } from './tool-log.ts'

/** The files that a tool has written, by what it tells of itself. Of a shell nobody knows. */
export function fileChangesOf({ success, details }: ToolOutcome, folder: string): readonly EngineEvent[] {
  const path = textIn(details, 'filePath') ?? textIn(details, 'notebook_path')
  const isWritten =
    Array.isArray(memberOf(details, 'structuredPatch')) || textIn(details, 'new_source') !== undefined
  if (!success || path === undefined || !isWritten) return []
  const file = { path: withinFolder(path, folder), ...countsOf(details) }
  return [{ type: 'file_changes', files: [file] }]
}

function countsOf(details: unknown): Omit<FileChange, 'path'> {
  const content = textIn(details, 'content')
  if (memberOf(details, 'type') === 'create') {
    return { action: 'created', insertions: linesIn(content ?? ''), deletions: 0 }
  }
  const hunks = objectsIn(details, 'structuredPatch')
  if (hunks.length === 0) return { action: 'modified' }
  const lines = hunks.flatMap((hunk) => {
    const given = memberOf(hunk, 'lines')
    return Array.isArray(given) ? given.map(String) : []
  })
  const count = (sign: string): number => lines.filter((line) => line.startsWith(sign)).length
  return { action: 'modified', insertions: count('+'), deletions: count('-') }
}

function linesIn(text: string): number {
  const lines = text.split('\n')
  return lines.at(-1) === '' ? lines.length - 1 : lines.length
}

/** As somebody in the folder would write it. */
function withinFolder(path: string, folder: string): string {
  const inside = relative(folder, resolve(folder, path))
  return inside === '' || inside.startsWith('..') || isAbsolute(inside) ? resolve(folder, path) : inside
}
