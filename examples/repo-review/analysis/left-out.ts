import type { FileFacts, FileKind, HistoryFacts } from './facts.ts'
import type { Tree } from './git/tree.ts'
import { code, count, size, thousands } from './report/markdown.ts'
import { shortPath } from './survey/totals.ts'

interface Bounds {
  readonly tree: Tree
  readonly files: readonly FileFacts[]
  readonly history: HistoryFacts
  readonly isShallow: boolean
}

/** Sentences on what the facts do not hold, and why. */
export function whatIsLeftOut({ tree, files, history, isShallow }: Bounds): readonly string[] {
  const ofKind = (kind: FileKind) => files.filter((file) => file.kind === kind)
  const unread = (why: FileFacts['unread']) => files.filter((file) => file.unread === why)
  const { symlinks, submodules, surplus } = tree
  return [
    ...about(ofKind('generated'), 'generated file', 'counted, not reviewed: a tool writes them'),
    ...about(ofKind('vendored'), 'vendored file', 'counted, not reviewed: other projects wrote them'),
    ...about(ofKind('binary'), 'binary file', 'counted, not read'),
    ...about(unread('too_big'), 'big file', `not read, such as ${examples(unread('too_big'))}`),
    ...about(
      unread('over_budget'),
      'file',
      'not read: the budget went to code, to what changes often, to small files',
    ),
    ...sentence(surplus, `${count(surplus, 'file')} at the end of the tree: not listed`),
    ...sentence(
      submodules,
      `${count(submodules, 'submodule')}: not entered, each is a repository of its own`,
    ),
    ...sentence(symlinks, `${count(symlinks, 'symbolic link')}: not followed`),
    ...sentence(
      Number(isShallow),
      'Earlier history: the clone is shallow (`git fetch --unshallow` brings it)',
    ),
    ...sentence(
      Number(!history.isCounted),
      `Commits before the last ${thousands(history.commits)}: not counted`,
    ),
  ]
}

function about(files: readonly FileFacts[], noun: string, what: string): readonly string[] {
  const bytes = files.reduce((sum, file) => sum + file.bytes, 0)
  return sentence(files.length, `${count(files.length, noun)} (${size(bytes)}): ${what}`)
}

function examples(files: readonly FileFacts[]): string {
  const largest = [...files].sort((a, b) => b.bytes - a.bytes).slice(0, 3)
  return largest.map(({ path, bytes }) => `${code(shortPath(path))} (${size(bytes)})`).join(', ')
}

function sentence(number: number, text: string): readonly string[] {
  return number === 0 ? [] : [`${text}.`]
}
