import { FlowError } from '../errors/swarm-error.ts'
import { type InputProblem, problemsIn } from './problems.ts'
import type { Members, MembersOf } from './shape.ts'

/** Whoever has more to mend than that begins with these. */
const PROBLEM_LIMIT = 20

/**
 * Checks the options that something is made with, before it is made. Throws a `FlowError` `options_invalid`
 * with everything that is wrong, a line each; its `details` have the `path` and the `message` of each. `name` is
 * the options' in those paths.
 *
 * @example
 * checkOptions('createFsStorage', options, { 'folder?': 'text', 'host?': 'text' })
 */
export function checkOptions<Options extends object>(
  door: string,
  options: Options,
  members: MembersOf<NoInfer<Options>> & Members,
  name = 'options',
): void {
  const found = findProblems(door, { [name]: options }, { [name]: { members } })
  if (found !== undefined)
    throw new FlowError(found.message, { code: 'options_invalid', details: found.problems })
}

/** Checks the arguments of a call by their names, as {@link checkOptions} does. Throws `request_invalid`. */
export function checkRequest<Given extends object>(
  door: string,
  given: Given,
  shapes: MembersOf<NoInfer<Given>> & Members,
): void {
  const found = findProblems(door, given, shapes)
  if (found !== undefined)
    throw new FlowError(found.message, { code: 'request_invalid', details: found.problems })
}

interface Found {
  readonly message: string
  readonly problems: readonly InputProblem[]
}

function findProblems(door: string, given: object, members: Members): Found | undefined {
  const problems: InputProblem[] = []
  for (const problem of problemsIn({ members }, given, '')) {
    if (problems.push(problem) === PROBLEM_LIMIT) break
  }
  if (problems.length === 0) return undefined
  return { problems, message: problems.map(({ message }) => `${door}: ${message}`).join('\n') }
}
