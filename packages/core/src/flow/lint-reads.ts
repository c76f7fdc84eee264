/** What the texts and conditions of a flow read (rules F7 and T1). */
import { didYouMean } from '../errors/closest.ts'
import { type Ancestry, createAncestry } from './ancestry.ts'
import type { FlowDefinition } from './definition.ts'
import type { GraphStep } from './graph.ts'
import { isJsonObject } from './json.ts'
import type { Lint, LintFinding } from './lint-finding.ts'
import { looseNames, type Reference, referencesOf } from './reference.ts'
import { conditionsIn, plainTextsIn, textsIn } from './step-texts.ts'

/** Reports what references and conditions name in vain, and what cannot be there when they are read. */
export function lintReads(lint: Lint): void {
  const flow = { lint, ancestry: createAncestry(lint.graph), params: paramsOf(lint.graph.definition) }
  for (const step of lint.graph.steps) {
    for (const { field, text, inMap } of textsIn(step.definition)) {
      const at: ReadPlace = { flow, step, field, inMap }
      for (const reference of referencesOf(text)) lintReference(reference, at)
      lintLooseNames(text, at)
    }
    for (const { field, condition } of conditionsIn(step.definition)) {
      const at: ReadPlace = { flow, step, field, inMap: true }
      for (const id of condition.steps) lintConditionStep(id, at)
      if (condition.readsAllSteps && lint.graph.steps.some((other) => isBeside(other, at)))
        tellBeside('steps', at)
      for (const name of condition.params) lintParam(name, at)
    }
    for (const { field, text } of plainTextsIn(step.definition)) {
      lintPlainText(text, { flow, step, field, inMap: true })
    }
  }
  lintOutput(lint)
}

/** A place that reads something. */
interface ReadPlace {
  readonly flow: FlowReads
  readonly step: GraphStep
  readonly field: string
  /** Inside the step of a map. */
  readonly inMap: boolean
}

/** What all places of a flow share. */
interface FlowReads {
  readonly lint: Lint
  readonly ancestry: Ancestry
  /** The params that the flow declares; `undefined` when it takes any. */
  readonly params: readonly string[] | undefined
}

function tell(at: ReadPlace, finding: Omit<LintFinding, 'step' | 'field'>): void {
  at.flow.lint.report({ ...finding, step: at.step.index, field: at.field })
}

function lintReference(reference: Reference, at: ReadPlace): void {
  const { source, root, stepId, path } = reference
  if (root === 'step' && stepId !== undefined) return lintProducer({ ...reference, stepId }, at)
  if (root === 'params') return lintParam(path[0] ?? '', at)
  if (root === 'winner' && at.step.definition.triggerRule !== 'one_success') {
    const text = `reads "${source}", but runs no race: set its trigger rule to "one_success", or name the step.`
    return tell(at, { code: 'winner_without_race', text })
  }
  if ((root === 'item' || root === 'index') && !at.inMap) {
    const text = `reads "${source}" outside of a map. Only the step that a map runs has an item.`
    tell(at, { code: 'item_outside_map', text })
  }
}

function lintProducer(
  { stepId, source, optional }: Reference & { readonly stepId: string },
  at: ReadPlace,
): void {
  const producer = producerOf(stepId, `"${source}"`, at)
  if (producer === undefined || at.flow.ancestry.leadsTo(producer.index, at.step.index)) return
  const timing = timingOf(producer, at)
  if (optional && timing === 'again') return
  if (optional && timing === 'beside') return tellBeside(`"${source}"`, at)
  const who = producer === at.step ? 'itself' : `"${stepId}"`
  const text = `reads "${source}" of ${who}, ${REASONS[timing]}${timing === 'after' ? '' : ` Write "${source}?".`}`
  tell(at, { code: 'reference_cannot_have_run', text })
}

const REASONS = {
  again: 'which has given nothing yet in the first iteration.',
  beside: 'but nothing leads from there to here: it may not have run. Make it a need.',
  after: 'which can only run afterwards.',
}

/** When a producer that is not upstream runs: in the iteration before, independently, or too late. */
function timingOf(producer: GraphStep, at: ReadPlace): keyof typeof REASONS {
  if (isBeside(producer, at)) return 'beside'
  return at.step.loops.some((loop) => loop.holds.has(producer.index)) ? 'again' : 'after'
}

/** Whether nothing says which of two steps ends first. */
function isBeside(other: GraphStep, { step, flow: { ancestry } }: ReadPlace): boolean {
  return (
    other !== step && !ancestry.leadsTo(other.index, step.index) && !ancestry.leadsTo(step.index, other.index)
  )
}

function tellBeside(what: string, at: ReadPlace): void {
  const text = `reads ${what}, beside which it runs: what is there depends on what ends first. Make it a need.`
  tell(at, { code: 'reads_beside', text, severity: 'warning' })
}

function producerOf(id: string, what: string, at: ReadPlace): GraphStep | undefined {
  const { byId } = at.flow.lint.graph
  const producer = byId.get(id)
  if (producer !== undefined) return producer
  const text = `reads ${what} of unknown step "${id}".${didYouMean(id, byId.keys())}`
  tell(at, { code: 'unknown_step', text })
  return undefined
}

/** A condition may look at any step: one that has not run has a status too. It is odd, though. */
function lintConditionStep(id: string, at: ReadPlace): void {
  const producer = producerOf(id, `steps.${id}`, at)
  if (producer === undefined || at.flow.ancestry.leadsTo(producer.index, at.step.index)) return
  const isDecidedAfterwards = producer === at.step && at.field.startsWith('routing.')
  const timing = timingOf(producer, at)
  if (timing === 'beside') return tellBeside(`steps.${id}`, at)
  if (isDecidedAfterwards || timing !== 'after') return
  const text = `reads steps.${id}, ${REASONS.after} The condition sees it as pending.`
  tell(at, { code: 'reference_cannot_have_run', text, severity: 'warning' })
}

function lintParam(name: string, at: ReadPlace): void {
  if (at.flow.params === undefined || at.flow.params.includes(name)) return
  const text = `reads param "${name}", which the flow's params do not describe.${didYouMean(name, at.flow.params)}`
  tell(at, { code: 'unknown_param', text, severity: 'warning' })
}

function paramsOf({ params }: FlowDefinition): readonly string[] | undefined {
  const properties = params?.properties
  return isJsonObject(properties) ? Object.keys(properties) : undefined
}

function lintLooseNames(text: string, at: ReadPlace): void {
  for (const name of looseNames(text)) {
    if (!at.flow.lint.graph.byId.has(name) && name !== 'winner' && name !== 'params') continue
    const wanted = name === 'params' ? '$params.name' : `$${name}.output`
    const finding = `has "$${name}" in a text, where it stays as it is. Write "${wanted}", or "$$${name}" if you mean it.`
    tell(at, { code: 'looks_like_reference', text: finding, severity: 'warning' })
  }
}

function lintPlainText(text: string, at: ReadPlace): void {
  const [reference] = referencesOf(text)
  if (reference?.root !== 'step' || !at.flow.lint.graph.byId.has(reference.stepId ?? '')) return
  const finding = `has "${reference.source}" in a text that is shown as it is. References are resolved in "prompt".`
  tell(at, { code: 'looks_like_reference', text: finding, severity: 'warning' })
}

function lintOutput({ graph, report }: Lint): void {
  for (const { stepId, source } of referencesOf(graph.definition.output ?? '')) {
    if (stepId === undefined || graph.byId.has(stepId)) continue
    const text = `has output "${source}" of unknown step "${stepId}".${didYouMean(stepId, graph.byId.keys())}`
    report({ code: 'unknown_step', field: 'output', text })
  }
}
