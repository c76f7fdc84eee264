import { checkRequest } from '../input/check-input.ts'
import { show } from '../input/value.ts'
import { toFlow } from './check-flow.ts'
import { toNative } from './dialect.ts'
import type { Flow } from './flow.ts'
import { toFlowError } from './issue.ts'
import { IssueList } from './issue-list.ts'
import { Origins } from './origin.ts'
import { readYaml } from './yaml-source.ts'

/** What {@link parseFlow} is told about its source. */
export interface ParseFlowOptions {
  /** Where the source is from; errors start with it and the line. @default they start with the line */
  readonly file?: string
}

/**
 * Makes a flow of YAML, in Baton's own words (the fields of {@link FlowInput} in snake_case) or in one of the
 * dialects of the sources. The same flow in TypeScript is equal, and has the same digest. Throws a
 * {@link FlowError} `flow_invalid` that lists everything that is wrong at once, each with its line.
 *
 * @source A1.1 (registry), A2.1 (spec)
 * @example
 * const flow = parseFlow(await readFile('flows/build.yaml', 'utf8'), { file: 'flows/build.yaml' })
 */
export function parseFlow(source: string, options: ParseFlowOptions = {}): Flow {
  checkRequest('parseFlow', { options }, { options: { members: { 'file?': 'text' } } })
  const { file } = options
  const issues = new IssueList('snake', file)
  const origins = new Origins()
  const value = isText(source, issues) ? readYaml(source, { issues, origins }) : undefined
  if (value === undefined) throw toFlowError(issues.issues, file)
  return toFlow(toNative(value, { issues, origins }), { kind: 'yaml', issues, origins, file })
}

/** Whether it is a text, and not the path of one. */
function isText(source: unknown, issues: IssueList): source is string {
  const isPath = typeof source === 'string' && /^[^\s:]+\.ya?ml$/i.test(source.trim())
  if (typeof source === 'string' && !isPath) return true
  const text = `is ${show(source)}, but parseFlow takes the content of a file, as readFile(path, 'utf8') gives it.`
  issues.report({ code: 'source_invalid', path: '', text })
  return false
}
