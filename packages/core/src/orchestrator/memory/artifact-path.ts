/**
 * The one allow-list that every run id and artifact path passes before it names anything (rule J5).
 * What it lets through is a safe file name on every file system; what it refuses is `path_refused`.
 */
import { StorageError } from '../../errors/swarm-error.ts'
import { show } from '../../input/value.ts'

const SEGMENT = /^[A-Za-z0-9][A-Za-z0-9._-]{0,127}$/
const VISIT_SUFFIX = /#[0-9]{1,9}$/
const DEVICE = /^(con|prn|aux|nul|com[0-9]|lpt[0-9])(\.|$)/i
const RESERVED = /^(events\.jsonl|spec\.json|meta\.json|inbox|lock\..*)$/i
const PATH_LIMIT = 1_000

/** Throws `path_refused` unless the id may name a run: one segment of the allow-list. */
export function checkRunId(runId: string): void {
  const cause = segmentProblem(runId)
  if (cause !== undefined) throw refused('Run id', runId, cause)
}

/**
 * Throws `path_refused` unless the path may name an artifact of a run: segments of the allow-list
 * joined by `/`, the first perhaps with the number of a visit (`build#2/report.md`), and none of the
 * names that a storage keeps for itself.
 */
export function checkArtifactPath(path: string): void {
  const cause = pathProblem(path)
  if (cause !== undefined) throw refused('Artifact path', path, cause)
}

function pathProblem(path: string): string | undefined {
  if (typeof path !== 'string' || path === '') return 'it is empty'
  if (path.length > PATH_LIMIT) return `it is longer than ${PATH_LIMIT} characters`
  const [top = '', ...rest] = path.split('/')
  if (RESERVED.test(top)) return `"${top}" is kept for the storage itself`
  for (const segment of [top.replace(VISIT_SUFFIX, ''), ...rest]) {
    const cause = segmentProblem(segment)
    if (cause !== undefined) return cause
  }
  return undefined
}

function segmentProblem(segment: string): string | undefined {
  if (typeof segment !== 'string' || !SEGMENT.test(segment)) {
    return 'a name is 1 to 128 of A-Z a-z 0-9 . _ - and begins with a letter or a digit'
  }
  if (segment.endsWith('.')) return 'a name does not end with a dot'
  if (DEVICE.test(segment)) return 'it names a device on Windows'
  return undefined
}

function refused(what: string, value: unknown, cause: string): StorageError {
  const shown = typeof value === 'string' ? JSON.stringify(value.slice(0, 200)) : show(value)
  return new StorageError(`${what} ${shown} is refused: ${cause}`, { code: 'path_refused' })
}
