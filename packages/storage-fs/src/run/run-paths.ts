import { lstatSync, type Stats } from 'node:fs'
import { join } from 'node:path'
import { checkRunId } from '@batonjs/core'
import { attempt, linkRefused, runNotFound } from '../disk/failure.ts'

/** Where the parts of one run lie (rule J4). */
export interface RunPaths {
  readonly runId: string
  readonly root: string
  readonly folder: string
  readonly journal: string
  readonly spec: string
  readonly meta: string
  readonly inbox: string
}

/** The paths of a run. Throws `path_refused` for an id off the allow-list; touches no disk. */
export function toRunPaths(root: string, runId: string): RunPaths {
  checkRunId(runId)
  return { runId, root, ...pathsIn(join(root, runId)) }
}

/** The paths inside a run's folder, wherever the folder lies. */
export function pathsIn(folder: string): Omit<RunPaths, 'runId' | 'root'> {
  return {
    folder,
    journal: join(folder, 'events.jsonl'),
    spec: join(folder, 'spec.json'),
    meta: join(folder, 'meta.json'),
    inbox: join(folder, 'inbox'),
  }
}

/** What is known of a run's journal. Throws `run_not_found`, and `path_refused` for a link. */
export function checkRunFolder(paths: RunPaths): Stats {
  const journal = findRun(paths)
  if (journal === undefined) throw runNotFound(paths.runId, paths.root)
  return journal
}

/** The same; `undefined` when there is no such run. */
export function findRun(paths: RunPaths): Stats | undefined {
  return lookAt(paths.folder)?.isDirectory() ? lookAt(paths.journal) : undefined
}

function lookAt(path: string): Stats | undefined {
  const found = attempt('look at', path, () => lstatSync(path, { throwIfNoEntry: false }))
  if (found?.isSymbolicLink()) throw linkRefused(path)
  return found
}
