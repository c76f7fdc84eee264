import { isAbsolute, relative, resolve, sep } from 'node:path'
import type { EngineEvent, FileChange, JsonObject } from '@batonjs/core'
import { isObject, memberOf, objectsIn, textIn } from './fields.ts'
import type { ToolOutcome } from './tool-log.ts'

const WRITERS = new Set(['Write', 'Edit', 'NotebookEdit'])

/** A use of a tool that is over. */
export interface FinishedUse {
  readonly tool: string
  readonly input: JsonObject
  readonly outcome: ToolOutcome
}

/** The file that a tool has written. What a shell has written nobody knows. */
export function fileChangesOf({ tool, input, outcome }: FinishedUse, folder: string): readonly EngineEvent[] {
  if (!outcome.success || !WRITERS.has(tool)) return []
  const path = textIn(input, 'file_path') ?? textIn(input, 'notebook_path')
  if (path === undefined) return []
  const file = { path: withinFolder(path, folder), ...changeOf(outcome) }
  return [{ type: 'file_changes', files: [file] }]
}

/** Within a subagent a tool does not tell more than its words. */
function changeOf({ details, output }: ToolOutcome): Omit<FileChange, 'path'> {
  if (isObject(details)) return countsOf(details)
  return { action: String(output).startsWith('File created') ? 'created' : 'modified' }
}

function countsOf(details: JsonObject): Omit<FileChange, 'path'> {
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
  const isOutside = inside === '' || inside.split(sep)[0] === '..' || isAbsolute(inside)
  return isOutside ? resolve(folder, path) : inside
}
