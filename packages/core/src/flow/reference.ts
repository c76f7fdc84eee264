/**
 * References in prompts and other texts (rule T1), parsed once and resolved just before dispatch:
 *
 *     $plan.output    $plan.output.files.0    $winner.output    $params.topic    $item.name    $index    $$
 *
 * A `?` that touches a reference belongs to it and makes it optional: `$plan.output?` is empty when there is
 * nothing. A question that ends in a reference is therefore written `$plan.output ?`, or `$plan.output??` when
 * the reference is optional as well. A dot that ends a sentence is text. A `$` that starts none of these is text.
 */
import type { StepDefinition } from './definition.ts'
import type { JsonValue } from './json.ts'

/** What a reference reads from. */
export type ReferenceRoot = 'step' | 'winner' | 'params' | 'item' | 'index'

/** A reference, taken apart. */
export interface Reference {
  /** As it was written, such as `$plan.output.files?`. */
  readonly source: string
  readonly root: ReferenceRoot
  /** The step that is read, with the root 'step'. */
  readonly stepId?: string
  /** Members below the root, outermost first. */
  readonly path: readonly string[]
  /** Nothing there is no failure: it ends in `?`. */
  readonly optional: boolean
}

/** A piece of a template: text that stays, or a reference. */
export type TemplatePart =
  | { readonly kind: 'text'; readonly text: string }
  | (Reference & { readonly kind: 'reference' })

/** Ids that no step may have, because references give them another meaning. */
export const reservedStepIds: readonly string[] = ['winner', 'params', 'item', 'index']

const member = String.raw`\.\w(?:[\w-]*\w)?`
const pattern = new RegExp(
  String.raw`\$(?:\$|(?:(?!(?:params|item|index)\.)(?<step>[a-z][a-z0-9_-]*)\.output(?!\w)|(?<params>params)(?=${member})|(?<item>item)(?!\w)|(?<index>index)(?!\w))(?<path>(?:${member})*)(?<optional>\?)?)`,
  'g',
)

/** Splits a text into what stays and what is resolved. Any text is a template; nothing is thrown. */
export function parseTemplate(text: string): readonly TemplatePart[] {
  const parts: TemplatePart[] = []
  let literal = ''
  let end = 0
  for (const match of text.matchAll(pattern)) {
    literal += text.slice(end, match.index)
    end = match.index + match[0].length
    if (match[0] === '$$') {
      literal += '$'
      continue
    }
    if (literal !== '') parts.push({ kind: 'text', text: literal })
    literal = ''
    parts.push({ kind: 'reference', ...toReference(match) })
  }
  literal += text.slice(end)
  if (literal !== '') parts.push({ kind: 'text', text: literal })
  return parts
}

/** The reference that a text is from end to end, or `undefined`: for `items`, a flow's `output`, typed params. */
export function parseReference(text: string): Reference | undefined {
  const [match] = text.matchAll(pattern)
  return match === undefined || match[0] !== text || text === '$$' ? undefined : toReference(match)
}

/** The references of a text, in order. */
export function referencesOf(text: string): readonly Reference[] {
  return parseTemplate(text).filter((part) => part.kind === 'reference')
}

/** Names behind a `$` that is text: `$plan` without `.output` is most likely a slip. */
export function looseNames(text: string): readonly string[] {
  const rest = text.replace(pattern, ' ')
  return [...rest.matchAll(/\$([a-z][a-z0-9_-]*)/g)].flatMap(([, name]) => name ?? [])
}

/** Follows a path into a value through its own members only; `undefined` when it ends before the path does. */
export function followPath(value: JsonValue | undefined, path: readonly string[]): JsonValue | undefined {
  let found: unknown = value
  for (const name of path) {
    if (typeof found !== 'object' || found === null || !Object.hasOwn(found, name)) return undefined
    if (Array.isArray(found) && !/^\d+$/.test(name)) return undefined
    found = Reflect.get(found, name)
  }
  // Whatever is inside a JSON value is one.
  return found as JsonValue | undefined
}

/** A text of a step in which references are resolved, and the field that holds it. */
export interface StepTemplate {
  readonly field: string
  readonly text: string
}

/** Every text of a step in which references are resolved; a map's item step has its own. */
export function templatesOf(step: StepDefinition): readonly StepTemplate[] {
  switch (step.kind) {
    case 'agent':
    case 'approval':
    case 'question':
      return step.prompt === undefined ? [] : [{ field: 'prompt', text: step.prompt }]
    case 'flow':
      return textsIn(step.params, 'params')
    case 'wait':
      return [{ field: 'correlation', text: step.correlation }]
    default:
      return []
  }
}

function textsIn(value: JsonValue | undefined, field: string): readonly StepTemplate[] {
  if (typeof value === 'string') return [{ field, text: value }]
  if (typeof value !== 'object' || value === null) return []
  return Object.entries(value).flatMap(([name, inner]) => textsIn(inner, `${field}.${name}`))
}

function toReference(match: RegExpMatchArray): Reference {
  const { step, params, item, path = '', optional } = match.groups ?? {}
  const named = step === undefined || step === 'winner' ? {} : { stepId: step }
  return {
    source: match[0],
    root: step === undefined ? rootOf(params, item) : step === 'winner' ? 'winner' : 'step',
    ...named,
    path: path.split('.').slice(1),
    optional: optional !== undefined,
  }
}

function rootOf(params: string | undefined, item: string | undefined): ReferenceRoot {
  if (params !== undefined) return 'params'
  return item === undefined ? 'index' : 'item'
}
