/** My job: steps that are nothing but a request: approval, question, wait. */
import type { JsonValue } from '../../flow/json.ts'
import { parseTemplate } from '../../flow/reference.ts'
import { referenceUnresolved } from '../../prompt/lookup.ts'
import { resolveTemplate } from '../../prompt/references.ts'
import {
  contentHashOf,
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
  const text = textsOf(execution)
  const resolved = text.map((template) =>
    resolveTemplate(parseTemplate(template), createLookup(execution, loaded)),
  )
  const missing = resolved.flatMap((part) => part.missing ?? [])
  if (missing.length > 0) {
    failLaunch(launch, 'reference_unresolved', referenceUnresolved(missing).message)
    return
  }
  const inputs: Record<string, JsonValue> = Object.assign({}, ...resolved.map((part) => part.inputs))
  const [prompt = '', correlation = ''] = resolved.map((part) => part.text)
  const spec = toSpec(execution, { prompt, correlation, now: session.host.clock.now() })
  recordStart(launch, { inputs })
  const { requestId, repeats } = findRequest(session.state, execution, {
    contentHash: contentHashOf(spec),
    nth: 1,
  })
  session.record(requestDraft(execution, spec, { requestId, repeats, attempt: execution.attempt }))
}

/** The templates of the step: what is shown, and for a wait the name of the callback. */
function textsOf(execution: Execution): readonly string[] {
  const definition = definitionOf(execution)
  switch (definition.kind) {
    case 'approval':
      return [definition.prompt]
    case 'question':
      return [definition.prompt ?? '']
    case 'wait':
      return [definition.title ?? definition.description ?? definition.correlation, definition.correlation]
    default:
      return []
  }
}

interface Shown {
  readonly prompt: string
  readonly correlation: string
  readonly now: number
}

function toSpec(execution: Execution, { prompt, correlation, now }: Shown): RequestSpec {
  const definition = definitionOf(execution)
  switch (definition.kind) {
    case 'question':
      return { kind: 'clarification', prompt, questions: definition.questions, ...termsOf(definition, now) }
    case 'wait':
      return {
        kind: 'callback',
        prompt,
        correlation,
        schema: definition.schema ?? {},
        ...(definition.warnAfterMs === undefined ? {} : { reminderAt: now + definition.warnAfterMs }),
        ...termsOf(definition, now),
      }
    default:
      return {
        kind: 'approval',
        prompt,
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
