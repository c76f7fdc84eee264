/** My job: steps that are nothing but a request: approval, question, wait. */
import type { JsonValue } from '../../flow/json.ts'
import { parseTemplate, templatesOf } from '../../flow/reference.ts'
import { referenceUnresolved } from '../../prompt/lookup.ts'
import { resolveTemplate } from '../../prompt/references.ts'
import {
  contentHashOf,
  excessOf,
  findRequest,
  type RequestSpec,
  type RequestTerms,
  requestDraft,
} from '../../run/request.ts'
import { definitionOf, type Execution } from '../../run/state.ts'
import { failLaunch, type Launch, recordStart } from './record-start.ts'
import { createLookup } from './reference-lookup.ts'

/** Records the start and the request in one batch: nobody is asked by a step that has not begun. */
export function startRequest(launch: Launch): void {
  const { session, execution, loaded } = launch
  const [template] = templatesOf(definitionOf(execution))
  const resolved = resolveTemplate(parseTemplate(template?.text ?? ''), createLookup(execution, loaded))
  if (resolved.missing !== undefined) {
    failLaunch(launch, 'reference_unresolved', referenceUnresolved(resolved.missing).message)
    return
  }
  const spec = toSpec(execution, { text: resolved.text, now: session.host.clock.now() })
  const excess = excessOf(spec)
  if (excess !== undefined) {
    failLaunch(launch, 'request_too_large', excess)
    return
  }
  recordStart(launch, { inputs: resolved.inputs })
  const { requestId, repeats } = findRequest(session.state, execution, {
    contentHash: contentHashOf(spec),
    nth: 1,
  })
  session.record(requestDraft(execution, spec, { requestId, repeats, attempt: execution.attempt }))
}

/** What is made of the step's text: the prompt, and for a wait the name of the callback. */
interface Resolved {
  readonly text: string
  readonly now: number
}

function toSpec(execution: Execution, { text, now }: Resolved): RequestSpec {
  const definition = definitionOf(execution)
  switch (definition.kind) {
    case 'question':
      return {
        kind: 'clarification',
        prompt: text,
        questions: definition.questions,
        ...termsOf(definition, now),
      }
    case 'wait':
      return {
        kind: 'callback',
        prompt: definition.title ?? definition.description ?? text,
        correlation: text,
        schema: definition.schema ?? {},
        ...(definition.warnAfterMs === undefined ? {} : { reminderAt: now + definition.warnAfterMs }),
        ...termsOf(definition, now),
      }
    default:
      return {
        kind: 'approval',
        prompt: text,
        ...(definition.kind === 'approval' ? approvalTerms(definition, now) : {}),
      }
  }
}

interface Terms {
  readonly deadlineMs?: number
  readonly answerers?: readonly string[]
  readonly onDeadline?: JsonValue
}

function termsOf({ deadlineMs, answerers, onDeadline }: Terms, now: number): RequestTerms {
  return {
    ...(deadlineMs === undefined ? {} : { deadlineAt: now + deadlineMs }),
    ...(answerers === undefined ? {} : { answerers }),
    ...(deadlineMs === undefined || onDeadline === undefined ? {} : { deadlineAnswer: onDeadline }),
  }
}

function approvalTerms(definition: Terms, now: number): RequestTerms {
  return termsOf({ ...definition, onDeadline: { approved: definition.onDeadline === 'approve' } }, now)
}
