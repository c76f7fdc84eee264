/**
 * The runtime encoding of events. The interfaces are the truth; a type test pins the two equal. Meant for the
 * edges, where an event comes from a wire or a file: the orchestrator never parses what it has made itself.
 */
import * as z from 'zod/mini'
import { didYouMean } from '../errors/closest.ts'
import { SwarmError } from '../errors/swarm-error.ts'
import { isJsonObject } from '../flow/json.ts'
import { flowShapes } from './encoding-flow.ts'
import { openShapes, transientShapes } from './encoding-open.ts'
import { envelope, transientEnvelope } from './encoding-parts.ts'
import { requestShapes } from './encoding-request.ts'
import { routingShapes } from './encoding-routing.ts'
import { runShapes } from './encoding-run.ts'
import { stepShapes } from './encoding-step.ts'
import type { SwarmEvent } from './swarm-event.ts'

/** The format of a journal that this version writes, and the newest that it reads: `run_created.formatVersion`. */
export const JOURNAL_FORMAT = 1

/** The members of every durable event, by its type. */
export const durableShapes = {
  ...runShapes,
  ...flowShapes,
  ...stepShapes,
  ...routingShapes,
  ...requestShapes,
  ...openShapes,
}

type Shape = () => z.core.$ZodLooseShape
type Encoding = z.ZodMiniType

const shapes: ReadonlyMap<string, Shape> = new Map<string, Shape>(
  Object.entries({ ...durableShapes, ...transientShapes }),
)
const encodings = new Map<string, Encoding>()

/**
 * Checks that a value is an event and returns it: the same object, with members that this version does not know
 * left in place. Throws `journal_too_new` for an event or a journal format of a later version, and `event_invalid`
 * with type and path for anything else.
 */
export function parseEvent(value: unknown): SwarmEvent {
  if (!isJsonObject(value)) throw invalid('?', '', 'An event must be a JSON object')
  const { type } = value
  if (typeof type !== 'string') throw invalid('?', 'type', 'An event must have a text as its "type"')
  refuseNewerFormat(type, value.formatVersion)
  const { success, error } = z.safeParse(encodingOf(type), value, { jitless: true, reportInput: true })
  if (!success) throw toError(type, error)
  if (type in transientShapes && 'seq' in value) {
    throw invalid(type, 'seq', `Event "${type}" is never stored, so it must not have "seq"`)
  }
  // The encoding of its type, which the type test pins to the interface, has just accepted it.
  return value as unknown as SwarmEvent
}

function encodingOf(type: string): Encoding {
  const known = encodings.get(type)
  if (known !== undefined) return known
  const shape = shapes.get(type)
  if (shape === undefined) throw unknownType(type)
  const scope = type in transientShapes ? transientEnvelope() : envelope()
  const encoding = z.object({ type: z.literal(type), ...scope, ...shape() })
  encodings.set(type, encoding)
  return encoding
}

function refuseNewerFormat(type: string, found: unknown): void {
  if (type !== 'run_created' || typeof found !== 'number' || found <= JOURNAL_FORMAT) return
  const message = `The journal has format ${found}; this version reads up to ${JOURNAL_FORMAT}. Upgrade Baton.`
  throw new SwarmError(message, { code: 'journal_too_new', details: { found, supported: JOURNAL_FORMAT } })
}

function unknownType(type: string): SwarmError {
  const shown = type.slice(0, 100)
  const hint = didYouMean(shown, shapes.keys()) || ' Upgrade Baton if a later version has written it.'
  return new SwarmError(`This version knows no event "${shown}".${hint}`, {
    code: 'journal_too_new',
    details: { type: shown },
  })
}

function toError(type: string, { issues: [issue] }: z.core.$ZodError): SwarmError {
  const path = issue === undefined ? '' : formatPath(issue.path)
  const text = issue === undefined ? '' : `: "${path}" ${fault(issue)}`
  return invalid(type, path, `Event "${type}" is invalid${text}`)
}

function formatPath(path: readonly PropertyKey[]): string {
  return path.reduce<string>((whole, part) => {
    if (typeof part === 'number') return `${whole}[${part}]`
    return whole === '' ? String(part) : `${whole}.${String(part)}`
  }, '')
}

function fault(issue: z.core.$ZodIssue): string {
  if (issue.code === 'invalid_union') return 'has none of the known forms'
  return `must be ${wish(issue)}, not ${show(issue.input)}`
}

/** What the value at the path must be. */
function wish(issue: z.core.$ZodIssue): string {
  switch (issue.code) {
    case 'invalid_type':
      return issue.expected
    case 'invalid_value':
      return issue.values.map((value) => JSON.stringify(value)).join(' or ')
    case 'too_small':
      return `at least ${issue.minimum}`
    default:
      return 'plain JSON'
  }
}

function show(value: unknown): string {
  if (typeof value === 'object' && value !== null) return Array.isArray(value) ? 'an array' : 'an object'
  const text = JSON.stringify(value) ?? String(value)
  return text.length > 80 ? `${text.slice(0, 80)}…` : text
}

function invalid(type: string, path: string, text: string): SwarmError {
  return new SwarmError(`${text}.`, { code: 'event_invalid', details: { type, path } })
}
