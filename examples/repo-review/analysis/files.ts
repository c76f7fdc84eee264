import { kindOfPath } from './code/file-kinds.ts'
import { type Inspection, inspectContent, inspectPath } from './code/inspect.ts'
import type { Churn, FileFacts, FunctionFacts, Marker } from './facts.ts'
import { readContents } from './git/contents.ts'
import type { GitOptions, Repository } from './git/git.ts'
import type { TreeFile } from './git/tree.ts'
import { printable } from './printable.ts'

/** How much is read. */
export interface FileOptions extends GitOptions {
  /** A larger file is counted, not read. @default 2_000_000 */
  readonly maxFileBytes?: number
  /** What is read of all files together. @default 100_000_000 */
  readonly maxTotalBytes?: number
}

/** The files with what their contents tell. */
export interface Files {
  readonly files: readonly FileFacts[]
  readonly functions: readonly FunctionFacts[]
  readonly markers: readonly Marker[]
}

const FUNCTIONS_PER_FILE = 5
const SHORTEST_FUNCTION = 15
const MARKERS_PER_FILE = 5
const unchanged: Churn = { commits: 0, insertions: 0, deletions: 0, authors: 0 }

/**
 * Inspects the files as the commit has them. When the byte budget is short, code comes first, of that
 * what changed most often, then what is small: the same files are left out each time.
 */
export async function readFiles(
  repository: Repository,
  tracked: readonly TreeFile[],
  churn: ReadonlyMap<string, Churn>,
  options: FileOptions = {},
): Promise<Files> {
  const { maxFileBytes = 2_000_000, maxTotalBytes = 100_000_000 } = options
  const readable = tracked.filter(({ path, bytes }) => bytes <= maxFileBytes && isReadable(path))
  const chosen = chooseFiles(readable, churn, maxTotalBytes)
  const inspections = new Map<TreeFile, Inspection>()
  for await (const { file, content } of readContents(repository, chosen, options)) {
    inspections.set(file, inspectContent(file.path, content))
  }
  const unread = (file: TreeFile): FileFacts['unread'] => {
    if (inspections.has(file) || !isReadable(file.path)) return null
    return file.bytes > maxFileBytes ? 'too_big' : 'over_budget'
  }
  const inspected = tracked.map((file) => ({
    file,
    inspection: inspections.get(file) ?? inspectPath(file.path),
    unread: unread(file),
    churn: churn.get(file.path) ?? unchanged,
  }))
  return { files: inspected.map(toFileFacts), ...toLists(inspected) }
}

interface InspectedFile {
  readonly file: TreeFile
  readonly inspection: Inspection
  readonly unread: FileFacts['unread']
  readonly churn: Churn
}

/** The path says what is not worth reading: an image has no lines, and nobody here wrote a vendored file. */
function isReadable(path: string): boolean {
  const kind = kindOfPath(path)
  return kind !== 'binary' && kind !== 'vendored' && kind !== 'generated'
}

function chooseFiles(
  files: readonly TreeFile[],
  churn: ReadonlyMap<string, Churn>,
  maxTotalBytes: number,
): readonly TreeFile[] {
  const commits = ({ path }: TreeFile) => churn.get(path)?.commits ?? 0
  // The sort is stable: of equals the first in git's order is first.
  const ranked = [...files].sort(
    (a, b) => Number(isCode(b)) - Number(isCode(a)) || commits(b) - commits(a) || a.bytes - b.bytes,
  )
  let left = maxTotalBytes
  return ranked.filter(({ bytes }) => {
    if (bytes > left) return false
    left -= bytes
    return true
  })
}

function isCode({ path }: TreeFile): boolean {
  const kind = kindOfPath(path)
  return kind === 'source' || kind === 'test'
}

function toFileFacts({ file, inspection, unread, churn }: InspectedFile): FileFacts {
  const { lines, language, kind, functions, longFunctions, markers } = inspection
  const counts = { functions: functions.length, longFunctions, markers: markers.length }
  return {
    path: printable(file.path),
    bytes: file.bytes,
    lines,
    language,
    kind,
    unread,
    ...counts,
    churn,
  }
}

function toLists(inspected: readonly InspectedFile[]) {
  const functions = inspected.flatMap(({ file, inspection: { functions, language } }) =>
    longest(functions).map((found) => ({ path: printable(file.path), language, ...found })),
  )
  const markers = inspected.flatMap(({ file, inspection }) =>
    inspection.markers.slice(0, MARKERS_PER_FILE).map((found) => ({ path: printable(file.path), ...found })),
  )
  return { functions, markers }
}

function longest(functions: Inspection['functions']): Inspection['functions'] {
  return functions
    .filter(({ lines }) => lines >= SHORTEST_FUNCTION)
    .sort((a, b) => b.lines - a.lines)
    .slice(0, FUNCTIONS_PER_FILE)
    .map((found) => ({ ...found, name: printable(found.name, 60) }))
}
