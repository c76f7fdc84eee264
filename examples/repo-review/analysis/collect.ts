import type { RepoFacts } from './facts.ts'
import { type FileOptions, readFiles } from './files.ts'
import { type HistoryOptions, readHistory } from './git/history.ts'
import { readProjectName } from './git/project-name.ts'
import { openRepository } from './git/repository.ts'
import { readTree } from './git/tree.ts'
import { whatIsLeftOut } from './left-out.ts'
import { printable } from './printable.ts'
import { findCouplings } from './survey/couplings.ts'

/** How much of a repository is looked at. Bounds are counts, so the same commit gives the same facts. */
export interface CollectOptions extends HistoryOptions, FileOptions {
  /** Files that are listed. @default 100_000 */
  readonly maxFiles?: number
}

/**
 * Collects the facts of the commit that HEAD names, with the real git and without the working tree:
 * uncommitted changes, config and the folder's name have no part in them. Throws a `RepoError` that
 * names the path and the way out.
 *
 * @example const survey = splitAreas(await collectFacts('.'))
 */
export async function collectFacts(path: string, options: CollectOptions = {}): Promise<RepoFacts> {
  const repository = await openRepository(path, options)
  const tree = await readTree(repository, options.maxFiles ?? 100_000, options)
  const paths = new Set(tree.files.map((file) => file.path))
  const history = await readHistory(repository, paths, options)
  const { files, functions, markers } = await readFiles(repository, tree.files, history.churn, options)
  const changeSets = history.changeSets.map((set) => set.map((changed) => printable(changed)))
  return {
    name: await readProjectName(repository, tree.files, options),
    commit: history.head,
    branch: repository.branch,
    isShallow: repository.isShallow,
    history: history.facts,
    files,
    functions,
    markers,
    couplings: findCouplings(changeSets, files),
    leftOut: whatIsLeftOut({ tree, files, history: history.facts, isShallow: repository.isShallow }),
  }
}
