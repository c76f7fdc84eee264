import type { FileFacts, FileKind, FunctionFacts, HotSpot, LanguageShare, Marker } from '../facts.ts'
import { printable } from '../printable.ts'

/** Items that have a place in the repository, wherever they are. */
export interface Places {
  readonly hotSpots: readonly HotSpot[]
  readonly functions: readonly FunctionFacts[]
  readonly markers: readonly Marker[]
}

/** How many of each list are kept: this and {@link shortPath} bound the size of the facts. */
export interface ListLengths {
  readonly hotSpots: number
  readonly functions: number
  readonly markers: number
}

const PATH_LIMIT = 160

/** A path as it is shown: cut in the middle when it is very long. */
export function shortPath(path: string): string {
  return printable(path, PATH_LIMIT)
}

/** What can be added up over files. */
export function totalsOf(files: readonly FileFacts[], maxLanguages: number) {
  return {
    files: files.length,
    lines: sum(files.filter(isWritten), ({ lines }) => lines),
    languages: languagesOf(files).slice(0, maxLanguages),
    functions: sum(files, ({ functions }) => functions),
    longFunctions: sum(files, ({ longFunctions }) => longFunctions),
    markers: sum(files, ({ markers }) => markers),
  }
}

/** The weightiest of each list. */
export function listsOf({ hotSpots, functions, markers }: Places, lengths: ListLengths) {
  const longest = [...functions].sort((a, b) => b.lines - a.lines)
  return {
    hotSpots: hotSpots.slice(0, lengths.hotSpots).map(shorten),
    largestFunctions: longest.slice(0, lengths.functions).map(shorten),
    markerList: tellingMarkers(markers).slice(0, lengths.markers).map(shorten),
  }
}

/** What is broken before what is missing, and one of each file before a second of any. */
function tellingMarkers(markers: readonly Marker[]): readonly Marker[] {
  const seen = new Map<string, number>()
  const ranked = markers.map((marker) => {
    const nth = (seen.get(marker.path) ?? 0) + 1
    seen.set(marker.path, nth)
    return { marker, rank: nth + (marker.word === 'TODO' ? 1 : 0) }
  })
  return ranked.sort((a, b) => a.rank - b.rank).map(({ marker }) => marker)
}

/** Files and lines of each kind that is there. */
export function kindsOf(files: readonly FileFacts[]) {
  return group(files, ({ kind }) => kind).map(({ key, ...share }) => ({ kind: key, ...share }))
}

/** Lines of the files of one kind. */
export function linesOf(files: readonly FileFacts[], kind: FileKind): number {
  return sum(
    files.filter((file) => file.kind === kind),
    ({ lines }) => lines,
  )
}

/** The sum of what `toNumber` tells of each item. */
export function sum<Item>(items: readonly Item[], toNumber: (item: Item) => number): number {
  return items.reduce((total, item) => total + toNumber(item), 0)
}

/** Languages of what people write here, by lines. */
function languagesOf(files: readonly FileFacts[]): readonly LanguageShare[] {
  const written = files.filter((file) => file.lines > 0 && isWritten(file))
  return group(written, ({ language }) => language).map(({ key, ...share }) => ({ language: key, ...share }))
}

/** Whether the people of this repository wrote it. */
function isWritten({ kind }: FileFacts): boolean {
  return kind !== 'generated' && kind !== 'vendored'
}

function shorten<Item extends { readonly path: string }>(item: Item): Item {
  return { ...item, path: shortPath(item.path) }
}

function group<Key extends string>(files: readonly FileFacts[], keyOf: (file: FileFacts) => Key) {
  const groups = new Map<Key, FileFacts[]>()
  for (const file of files) {
    const list = groups.get(keyOf(file))
    if (list === undefined) groups.set(keyOf(file), [file])
    else list.push(file)
  }
  return [...groups]
    .map(([key, list]) => ({ key, files: list.length, lines: sum(list, ({ lines }) => lines) }))
    .sort((a, b) => b.lines - a.lines || b.files - a.files || (a.key < b.key ? -1 : 1))
}
