import type { Repository, Source } from './repository.ts'
import type { Node } from './syntax.ts'
import { lineOf } from './syntax.ts'

/** One place that breaks a law. */
export interface Problem {
  readonly path: string
  readonly line?: number
  /** What is wrong, the offending value, and the way out. */
  readonly message: string
}

/** One law of the repository. It reads the texts and tells every place that breaks it. */
export interface Law {
  readonly name: string
  readonly check: (repository: Repository) => readonly Problem[]
}

/** A law that looks at one source file at a time. */
export function defineSourceLaw(
  name: string,
  check: (source: Source, repository: Repository) => Iterable<Problem>,
): Law {
  return {
    name,
    check: (repository) => repository.sources.flatMap((source) => [...check(source, repository)]),
  }
}

/** A problem at a node of a source file. */
export function toProblem(source: Source, node: Node, message: string): Problem {
  return { path: source.path, line: lineOf(source, node), message }
}
