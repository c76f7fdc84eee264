/**
 * What the analysis finds out. Everything here becomes the output of a step, so it is plain JSON; it
 * is written as type aliases because an interface is no `JsonValue` to the compiler. Facts depend on
 * the commit and its history only: never on the clock, the working tree or the folder's name.
 */

/** What a tracked file is for. Only `source` and `test` files are reviewed as code. */
export type FileKind =
  | 'source'
  | 'test'
  | 'docs'
  | 'config'
  | 'data'
  | 'generated'
  | 'vendored'
  | 'binary'
  | 'other'

/** A commit as a reader wants it listed. */
export type CommitFacts = {
  readonly id: string
  /** Day of the commit, UTC: `2026-01-31`. */
  readonly day: string
  readonly subject: string
}

/** How a file changed within the window. */
export type Churn = {
  /** Commits that touched the file, under this name or an earlier one. */
  readonly commits: number
  readonly insertions: number
  readonly deletions: number
  /** How many people, never who. */
  readonly authors: number
}

/** The history behind the commit. */
export type HistoryFacts = {
  /** Commits that the head reaches; with `isCounted: false` there are more. */
  readonly commits: number
  readonly isCounted: boolean
  readonly authors: number
  readonly firstDay: string
  readonly lastDay: string
  readonly ageDays: number
  /** The last commits without merges, from which churn is counted. */
  readonly window: { readonly commits: number; readonly firstDay: string; readonly lastDay: string }
  readonly recent: readonly CommitFacts[]
}

/** The words by which code says that it is not done. */
export type MarkerWord = 'TODO' | 'FIXME' | 'HACK'

/** One such word in a comment. */
export type Marker = {
  readonly path: string
  readonly line: number
  readonly word: MarkerWord
  readonly text: string
}

/** A function as the scanner sees it. */
export type FunctionFacts = {
  readonly path: string
  readonly line: number
  readonly name: string
  readonly language: string
  readonly lines: number
  /** Blocks and functions within each other, inside the function. */
  readonly depth: number
}

/** A tracked file at the commit. */
export type FileFacts = {
  readonly path: string
  readonly bytes: number
  /** 0 for binary and unread files. */
  readonly lines: number
  readonly language: string
  readonly kind: FileKind
  /** Why the content was not read. */
  readonly unread: 'too_big' | 'over_budget' | null
  readonly markers: number
  readonly functions: number
  /** Functions longer than {@link LONG_FUNCTION} lines. */
  readonly longFunctions: number
  readonly churn: Churn
}

/** Two files that change in the same commits. */
export type Coupling = {
  readonly paths: readonly [string, string]
  readonly together: number
  /** Commits of the one that changed less often. */
  readonly commits: number
}

/** Everything that was collected. Large for a large repository: journal what `splitAreas` makes of it. */
export type RepoFacts = {
  /** From the manifest or the readme at the commit, never from the folder. */
  readonly name: string
  readonly commit: CommitFacts
  /** `null` on a detached head. For the screen only: it is no fact of the commit. */
  readonly branch: string | null
  readonly isShallow: boolean
  readonly history: HistoryFacts
  readonly files: readonly FileFacts[]
  /** The longest functions of each source file. */
  readonly functions: readonly FunctionFacts[]
  /** The first markers of each file. */
  readonly markers: readonly Marker[]
  readonly couplings: readonly Coupling[]
  /** Sentences: what is not in the facts, and why. */
  readonly leftOut: readonly string[]
}

/** A file that is large and changes often. */
export type HotSpot = {
  readonly path: string
  readonly lines: number
  readonly commits: number
  /** Lines added and removed. */
  readonly changedLines: number
  readonly authors: number
  /** 0 to 100: rank by commits times rank by lines, among the source files that changed. */
  readonly score: number
}

/** Files and lines of one language. */
export type LanguageShare = { readonly language: string; readonly files: number; readonly lines: number }

/** How much a finding weighs. */
export type Severity = 'high' | 'medium' | 'low'

/** A sentence that a rule wrote, with its evidence in it. Markdown. */
export type Finding = { readonly rule: string; readonly severity: Severity; readonly text: string }

/** Files of the area that are counted and not reviewed. */
export type SkippedFiles = {
  readonly generated: number
  readonly vendored: number
  readonly binary: number
  readonly unread: number
}

/** One part of the repository, small enough for one reviewer. At most 48 kB as JSON. */
export type AreaFacts = {
  /** Unique, `[a-z0-9._-]+`: the key of the map item. */
  readonly key: string
  /** The folder with its slash, or `root` for what no other area has. */
  readonly name: string
  readonly files: number
  /** Without generated and vendored files. */
  readonly lines: number
  readonly sourceLines: number
  readonly testLines: number
  readonly testFiles: number
  readonly languages: readonly LanguageShare[]
  /** File changes in the window: a commit that touches three files counts three times. */
  readonly changes: number
  readonly insertions: number
  readonly deletions: number
  readonly functions: number
  readonly longFunctions: number
  readonly markers: number
  readonly hotSpots: readonly HotSpot[]
  readonly largestFunctions: readonly FunctionFacts[]
  readonly markerList: readonly Marker[]
  readonly skipped: SkippedFiles
  readonly risk: Severity
  readonly findings: readonly Finding[]
}

/** The whole repository on one page. */
export type Overview = {
  readonly name: string
  readonly commit: CommitFacts
  readonly isShallow: boolean
  readonly history: HistoryFacts
  readonly files: number
  /** Without generated and vendored files. */
  readonly lines: number
  readonly bytes: number
  readonly kinds: readonly { readonly kind: FileKind; readonly files: number; readonly lines: number }[]
  readonly languages: readonly LanguageShare[]
  readonly functions: number
  readonly longFunctions: number
  readonly markers: number
  readonly hotSpots: readonly HotSpot[]
  readonly largestFunctions: readonly FunctionFacts[]
  readonly markerList: readonly Marker[]
  readonly couplings: readonly Coupling[]
  readonly leftOut: readonly string[]
}

/** The areas with what matters in each: what a critic or a summary needs, in a few kilobytes. */
export type Brief = {
  readonly name: string
  readonly commit: string
  readonly files: number
  readonly lines: number
  readonly areas: readonly {
    readonly name: string
    readonly risk: Severity
    readonly lines: number
    /** The weightiest. */
    readonly findings: readonly Finding[]
  }[]
}

/** What is reviewed: made by `splitAreas`, small enough for the journal. */
export type Survey = {
  readonly overview: Overview
  readonly areas: readonly AreaFacts[]
  readonly brief: Brief
}

/** A function of more lines than this is called long. */
export const LONG_FUNCTION = 50
