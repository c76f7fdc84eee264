import { toFlow } from './check-flow.ts'
import type { Flow, FlowInput } from './flow.ts'
import { IssueList } from './issue-list.ts'

/**
 * Makes a flow: checks every field and every edge, freezes a copy, and gives it its digest. Throws a
 * {@link FlowError} `flow_invalid` that lists everything that is wrong at once (rule L5).
 *
 * @example
 * const research = defineFlow({
 *   key: 'research',
 *   steps: [
 *     { id: 'gather', prompt: 'Collect sources about $params.topic' },
 *     { id: 'write', prompt: 'Write a report from $gather.output' },
 *   ],
 * })
 */
export function defineFlow(input: FlowInput): Flow {
  return toFlow(input, { kind: 'typescript', issues: new IssueList('camel') })
}
