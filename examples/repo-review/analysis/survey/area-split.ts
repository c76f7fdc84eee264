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
/** A child with more than this share of its folder is only a step on the way down. */
const DOMINANT = 0.85

/**
 * Splits files into at most 12 parts along folders: begins with everything in one part and carves out
 * the heaviest folder of a part that is too big, until none is or twelve stand.
 */
export function splitFiles(files: readonly FileFacts[]): readonly Part[] {
  const total = weightOf(files)
  let parts: readonly Part[] = [{ folder: '', files }]
  for (;;) {
    const carved = heaviest(parts.flatMap((part) => candidates(part, total)))
    const next = carved && carve(parts, carved)
    if (next === undefined || next.length > MAX_PARTS) break
    parts = next
  }
  return [...parts].sort((a, b) => (a.folder < b.folder ? -1 : 1))
}

interface Candidate extends Part {
  readonly from: Part
  readonly weight: number
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

function candidates(part: Part, total: number): readonly Candidate[] {
  const weight = weightOf(part.files)
  if (part.folder !== '' && weight < total * BIG) return []
  return foldersBelow(part, weight)
    .map((child) => ({ ...child, from: part, weight: weightOf(child.files) }))
    .filter((child) => child.weight > 0 && child.weight >= total * SMALL)
}

/** The folders right below a part; a dominant one is replaced by those below it. */
function foldersBelow(part: Part, weight: number): readonly Part[] {
  return childrenOf(part).flatMap((child) => {
    const isDominant = weightOf(child.files) > weight * DOMINANT
    const below = isDominant ? foldersBelow(child, weightOf(child.files)) : []
    return below.length > 1 ? below : [child]
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

function heaviest(all: readonly Candidate[]): Candidate | undefined {
  const [best] = [...all].sort((a, b) => b.weight - a.weight || (a.folder < b.folder ? -1 : 1))
  return best
}

/** A part from which everything was carved is gone. */
function carve(parts: readonly Part[], { folder, files, from }: Candidate): readonly Part[] {
  const taken = new Set(files)
  const rest = { folder: from.folder, files: from.files.filter((file) => !taken.has(file)) }
  const others = parts.filter((part) => part !== from)
  return [...others, { folder, files }, ...(rest.files.length === 0 ? [] : [rest])]
}
