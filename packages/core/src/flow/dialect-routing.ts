/** Routing of the sources (A1.1, A2.1) in Baton's own words. */

import { type Holder, isHolder, show } from '../input/value.ts'
import { Draft } from './draft.ts'
import type { Origin } from './origin.ts'
import type { YamlSink } from './yaml-source.ts'

/** A routing block; those of forks and joins are edges, and stay as they are for `connectForks`. */
export function toRouting(routing: Holder, sink: YamlSink, path: string): Holder {
  const draft = new Draft(routing, sink.origins)
  if (routing.next === null) draft.take('next')
  if (routing.kind === 'microloop') readMicroloop(draft, sink, path)
  if (routing.kind === 'branch') readBranch(draft, sink)
  return draft.toObject()
}

function readMicroloop(draft: Draft, sink: YamlSink, path: string): void {
  moveField(draft)
  draft.move('loop_success_values', 'success_values')
  const exit = draft.take('exit_on')
  if (exit !== undefined) readExit(exit.value, draft, { ...sink, path, origin: exit.origin })
}

/** The field `status` of the sources is what is called the verdict here, and that is read anyway (rule L6). */
function moveField(draft: Draft): void {
  if (draft.get('loop_condition_field') === 'status') draft.take('loop_condition_field')
  draft.move('loop_condition_field', 'field')
}

interface ExitPlace extends YamlSink {
  readonly path: string
  readonly origin: Origin | undefined
}

/** `exit_on` of the spec dialect. That no further iteration helps ends every loop (rule L2). */
function readExit(value: unknown, draft: Draft, place: ExitPlace): void {
  const refuse = (
    code: 'wrong_type' | 'value_not_allowed' | 'unknown_field' | 'field_not_applicable',
    text: string,
  ) => place.issues.report({ code, path: place.path, text, origin: place.origin })
  if (!isHolder(value)) return refuse('wrong_type', `has "exit_on" ${show(value)}, which must be an object.`)
  const { status, can_further_iteration_help: help = false, confidence, ...others } = value
  if (help !== false && help !== 'no') {
    const text = `exits on can_further_iteration_help ${show(help)}, but a loop ends when it is false.`
    refuse('value_not_allowed', text)
  }
  if (confidence !== undefined) {
    const text = 'exits on confidence, which loops do not read. Let the verdict say it, or branch on a field.'
    refuse('field_not_applicable', text)
  }
  for (const key of Object.keys(others)) refuse('unknown_field', `has unknown field "exit_on.${key}".`)
  if (status === undefined) return
  draft.put('success_values', union(draft.get('success_values'), status), place.origin)
}

function union(first: unknown, second: unknown): unknown {
  return Array.isArray(first) && Array.isArray(second) ? [...new Set([...first, ...second])] : second
}

function readBranch(draft: Draft, sink: YamlSink): void {
  moveField(draft)
  const field = draft.get('field')
  if (isHolder(draft.get('branches'))) {
    draft.take('field')
    draft.move('next', 'default')
  }
  draft.move('branches', 'cases', (value) => (isHolder(value) ? toCases(value, field, sink) : value))
  draft.move('when', 'cases', (value) => (Array.isArray(value) ? toSpecCases(value, sink) : value))
}

/** `branches` of the registry dialect: from a value to a step. */
function toCases(branches: Holder, field: unknown, { origins }: YamlSink): readonly unknown[] {
  return Object.entries(branches).map(([value, next]) => {
    const draft = new Draft(field === undefined ? {} : { field }, origins)
    const origin = origins.find(branches, value)
    draft.put('value', value, origin)
    draft.put('next', next, origin)
    return draft.toObject()
  })
}

/** `when` of the spec dialect: conditions on fields, in order. */
function toSpecCases(cases: readonly unknown[], { origins }: YamlSink): readonly unknown[] {
  const changed = cases.map((one) => {
    if (!isHolder(one) || !isHolder(one.condition)) return one
    const { condition, ...others } = one
    const draft = new Draft(condition, origins)
    if (condition.field === 'status') draft.take('field')
    for (const [key, value] of Object.entries(others)) draft.put(key, value, origins.find(one, key))
    return draft.toObject()
  })
  return origins.inherit(changed, cases)
}
