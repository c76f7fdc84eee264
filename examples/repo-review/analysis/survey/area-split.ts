import type { FileFacts } from '../facts.ts'

/** A part of the tree: the files below a folder that no other part has. */
export interface Part {
  /** The folder with its slash; empty for the rest of the repository. */
  readonly folder: string
  readonly files: readonly FileFacts[]
}

const MAX_PARTS = 12
/** A part with less than this share of all lines stays with the folder around it. */
const SMALL = 0.02
/** A part with more than this share of all lines is split further. */
const BIG = 0.12
/** A child with more than this share of its folder only leads on to what is below it. */
const DOMINANT = 0.85

/**
 * Splits files into at most 12 parts along folders: begins with one part and takes the heaviest folders
 * out of the heaviest part that is too big, until none is or twelve stand.
 */
export function splitFiles(files: readonly FileFacts[]): readonly Part[] {
  const total = weightOf(files)
  let open: readonly Part[] = [{ folder: '', files }]
  let closed: readonly Part[] = []
  while (open.length > 0) {
    const [heaviest, ...others] = [...open].sort(byWeight)
    if (heaviest === undefined) break
    const room = MAX_PARTS - open.length - closed.length
    const children = childrenToTake(heaviest, total).slice(0, room)
    open = [...others, ...children]
    closed = [...closed, ...withoutChildren(heaviest, children)]
  }
  return [...closed].sort((a, b) => (a.folder < b.folder ? -1 : 1))
}

function byWeight(a: Part, b: Part): number {
  return weightOf(b.files) - weightOf(a.files) || (a.folder < b.folder ? -1 : 1)
}

/** Lines that somebody reads: code counts whole, prose and settings a quarter, the rest nothing. */
function weightOf(files: readonly FileFacts[]): number {
  return files.reduce((sum, file) => sum + file.lines * (weights[file.kind] ?? 0), 0)
}

const weights: Readonly<Partial<Record<FileFacts['kind'], number>>> = {
  source: 1,
  test: 1,
  docs: 0.25,
  config: 0.25,
}

/** The folders to take out of a part, the heaviest first; none when the part is small enough. */
function childrenToTake(part: Part, total: number): readonly Part[] {
  if (part.folder !== '' && weightOf(part.files) < total * BIG) return []
  return [...foldersBelow(part, Math.max(1, total * SMALL))].sort(byWeight)
}

/** The folders of some weight below a part; a dominant one leads on to those below it. */
function foldersBelow(part: Part, smallest: number): readonly Part[] {
  const weight = weightOf(part.files)
  const children = childrenOf(part).filter((child) => weightOf(child.files) >= smallest)
  return children.flatMap((child) => {
    if (weightOf(child.files) <= weight * DOMINANT) return [child]
    const below = foldersBelow(child, smallest)
    // At the top even a single folder is an area of its own: around it lie settings.
    return below.length > 1 || part.folder !== '' ? below : [child]
  })
}

function childrenOf({ folder, files }: Part): readonly Part[] {
  const children = new Map<string, FileFacts[]>()
  for (const file of files) {
    const slash = file.path.indexOf('/', folder.length)
    if (slash === -1) continue
    const name = file.path.slice(0, slash + 1)
    const list = children.get(name)
    if (list === undefined) children.set(name, [file])
    else list.push(file)
  }
  return [...children].map(([name, list]) => ({ folder: name, files: list }))
}

/** What is left of a part; one from which everything was taken is gone. */
function withoutChildren({ folder, files }: Part, children: readonly Part[]): readonly Part[] {
  const taken = new Set(children.flatMap((child) => child.files))
  const rest = files.filter((file) => !taken.has(file))
  return rest.length === 0 && taken.size > 0 ? [] : [{ folder, files: rest }]
}
