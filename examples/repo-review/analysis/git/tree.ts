import { at, type GitOptions, type Repository, streamGit } from './git.ts'
import { splitRecords } from './records.ts'

/** A file of the commit. Its path is as git has it: any character but NUL. */
export interface TreeFile {
  readonly path: string
  readonly blob: string
  readonly bytes: number
}

/** What the commit tracks. Links and submodules are counted, not followed. */
export interface Tree {
  readonly files: readonly TreeFile[]
  /** Files over the bound, which are not listed. */
  readonly surplus: number
  readonly symlinks: number
  readonly submodules: number
}

/** Lists the files of the commit in git's order, at most `maxFiles`. */
export async function readTree(
  repository: Repository,
  maxFiles: number,
  options: GitOptions = {},
): Promise<Tree> {
  const args = at(repository, ['ls-tree', '-r', '-l', '-z', '--full-tree', repository.commit])
  const tree = { files: [] as TreeFile[], surplus: 0, symlinks: 0, submodules: 0 } // the list fills below
  for await (const record of splitRecords(streamGit({ ...options, path: repository.path, args }))) {
    const tab = record.indexOf('\t')
    const [mode = '', , blob = '', size = ''] = record.slice(0, tab).split(/ +/)
    if (mode === '160000') tree.submodules++
    else if (mode === '120000') tree.symlinks++
    else if (tree.files.length >= maxFiles) tree.surplus++
    else tree.files.push({ path: record.slice(tab + 1), blob, bytes: Number(size) })
  }
  return tree
}
