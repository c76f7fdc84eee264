import { printable } from '../printable.ts'
import { readContents } from './contents.ts'
import type { GitOptions, Repository } from './git.ts'
import type { TreeFile } from './tree.ts'

/** Where a project says its name, the most reliable first. */
const sources: readonly (readonly [string, RegExp])[] = [
  ['package.json', /^\s*"name"\s*:\s*"([^"\\]+)"/m],
  ['Cargo.toml', /^\[package\][^[]*?^name\s*=\s*"([^"]+)"/ms],
  ['pyproject.toml', /^\[(?:project|tool\.poetry)\][^[]*?^name\s*=\s*["']([^"']+)["']/ms],
  ['go.mod', /^module\s+(\S+)/m],
  ['README.md', /^#\s+(.+?)\s*#*$/m],
  ['Readme.md', /^#\s+(.+?)\s*#*$/m],
  ['README.rst', /^(\S.*)\n[=*#]{3,}$/m],
]
const MAX_BYTES = 500_000

/** The project's name as the commit tells it; a clone's folder may have any name. */
export async function readProjectName(
  repository: Repository,
  tracked: readonly TreeFile[],
  options: GitOptions = {},
): Promise<string> {
  const atRoot = new Map(tracked.filter(({ bytes }) => bytes < MAX_BYTES).map((file) => [file.path, file]))
  const files = sources.flatMap(([path]) => atRoot.get(path) ?? [])
  for await (const { file, content } of readContents(repository, files, options)) {
    const pattern = sources.find(([path]) => path === file.path)?.[1]
    const name = pattern?.exec(content.toString('utf8'))?.[1]?.trim()
    if (name) return printable(name, 80)
  }
  return 'this repository'
}
