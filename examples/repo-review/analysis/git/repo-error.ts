/** Why a repository could not be read. */
export type RepoErrorCode =
  | 'path_not_found'
  | 'not_a_repository'
  | 'no_commits'
  | 'objects_missing'
  | 'git_missing'
  | 'git_timeout'
  | 'git_failed'

/** A repository cannot be read. The message names the path and the way out. */
export class RepoError extends Error {
  readonly code: RepoErrorCode
  /** Reading the same folder again gives the same answer. */
  readonly retryable = false

  constructor(code: RepoErrorCode, message: string) {
    super(message)
    this.name = 'RepoError'
    this.code = code
  }
}
