import { printable } from '../printable.ts'
import { readContents } from './contents.ts'
import type { GitOptions, Repository } from './git.ts'
import type { TreeFile } from './tree.ts'

type NameReader = (text: string) => string | undefined

/** Where a project says its name, the most reliable first. */
const readers = new Map<string, NameReader>([
  ['package.json', packageName],
  ['Cargo.toml', matching(/^\[package\][^[]*?^name\s*=\s*"([^"]+)"/ms)],
  ['pyproject.toml', matching(/^\[(?:project|tool\.poetry)\][^[]*?^name\s*=\s*["']([^"']+)["']/ms)],
  ['go.mod', matching(/^module\s+(\S+)/m)],
  ['README.md', matching(/^#\s+(.+?)\s*#*$/m)],
  ['README.rst', matching(/^(\S.*)\n[=*#]{3,}$/m)],
])
const MAX_BYTES = 500_000

/** The project's name as the commit tells it; a clone's folder may have any name. */
export async function readProjectName(
  repository: Repository,
  tracked: readonly TreeFile[],
  options: GitOptions = {},
): Promise<string> {
  const atRoot = new Map(tracked.filter(({ bytes }) => bytes < MAX_BYTES).map((file) => [file.path, file]))
  const files = [...readers.keys()].flatMap((path) => atRoot.get(path) ?? [])
  for await (const { file, content } of readContents(repository, files, options)) {
    const name = readers.get(file.path)?.(content.toString('utf8'))?.trim()
    if (name) return printable(name, 80)
  }
  return 'this repository'
}

function matching(pattern: RegExp): NameReader {
  return (text) => pattern.exec(text)?.[1]
}

function packageName(text: string): string | undefined {
  try {
    const { name } = JSON.parse(text) ?? {}
    return typeof name === 'string' ? name : undefined
  } catch {
    return undefined // The next file may tell.
  }
}
