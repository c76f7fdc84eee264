/** Where a step, and the step of a map, has texts with references and conditions. */
import { type Condition, compileCondition } from './condition.ts'
import type { StepDefinition } from './definition.ts'
import { type StepTemplate, templatesOf } from './reference.ts'

/** A text with references. */
export interface StepText extends StepTemplate {
  /** Inside the step of a map, where `$item` and `$index` mean something. */
  readonly inMap: boolean
}

/** Every text of a step that may hold references which are resolved, lone references included. */
export function textsIn(step: StepDefinition): readonly StepText[] {
  const own = templatesOf(step).filter(isTemplate)
  if (step.kind !== 'map') return own.map((template) => ({ ...template, inMap: false }))
  const lone = [
    { field: 'items', text: step.items, inMap: false },
    { field: 'itemKey', text: step.itemKey ?? '', inMap: true },
  ]
  const inner = templatesOf(step.step).filter(isTemplate)
  return [
    ...lone.filter(({ text }) => isReference(text)),
    ...inner.map(({ field, text }) => ({ field: `step.${field}`, text, inMap: true })),
  ]
}

/** Texts that an agent is shown as they are: a reference in them stays text. */
export function plainTextsIn(step: StepDefinition): readonly StepTemplate[] {
  const [agent, prefix] = step.kind === 'map' ? [step.step, 'step.'] : [step, '']
  if (agent.kind !== 'agent') return []
  const { role = '', objective = '', scope = '' } = agent
  return Object.entries({ role, objective, scope }).map(([name, text]) => ({
    field: `${prefix}${name}`,
    text,
  }))
}

/** A compiled condition of a step. */
export interface StepCondition {
  readonly field: string
  readonly condition: Condition
}

/** Every condition of a step. The readers have compiled them before: none is faulty. */
export function conditionsIn(step: StepDefinition): readonly StepCondition[] {
  const { when, routing, kind } = step
  if (when === undefined && routing === undefined && kind !== 'map') return []
  const cases = routing?.kind === 'branch' ? routing.cases : []
  const sources = [
    ['when', when] as const,
    ...cases.map(
      (one, index) => [`routing.cases[${index}].when`, 'when' in one ? one.when : undefined] as const,
    ),
    ...(step.kind === 'map' ? mapSources(step) : []),
  ]
  return sources.flatMap(([field, source]) =>
    source === undefined ? [] : [{ field, condition: compileCondition(source) }],
  )
}

function mapSources({ items, itemKey, step }: StepDefinition & { readonly kind: 'map' }) {
  const cel = (source: string | undefined) =>
    source === undefined || isReference(source) ? undefined : source
  return [
    ['items', cel(items)],
    ['itemKey', cel(itemKey)],
    ['step.when', step.when],
  ] as const
}

function isReference(text: string | undefined): boolean {
  return text?.startsWith('$') === true
}

/** Whether a text may hold a reference at all. A faulty step may lack what its type promises. */
function isTemplate({ text }: { readonly text: string | undefined }): boolean {
  return text?.includes('$') === true
}
