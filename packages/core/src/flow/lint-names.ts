/** Step ids and the names by which steps point at each other. */
import { didYouMean } from '../errors/closest.ts'
import type { StepDefinition } from './definition.ts'
import type { Lint } from './lint-finding.ts'
import { reservedStepIds } from './reference.ts'
import type { Routing } from './routing.ts'

/** Reports `duplicate_id`, `reserved_id` and `unknown_step`. */
export function lintNames({ graph, report }: Lint): void {
  const ids = new Set(graph.byId.keys())
  for (const { id, index, definition } of graph.steps) {
    const first = graph.byId.get(id)?.index
    if (first !== undefined && first !== index) {
      const text = `has the id of step #${first + 1}. Rename one of the two.`
      report({ code: 'duplicate_id', step: index, field: 'id', text })
    }
    if (reservedStepIds.includes(id)) {
      const text = `has an id that references give another meaning ("$${id}"). Rename it.`
      report({ code: 'reserved_id', step: index, field: 'id', text })
    }
    for (const { field, verb, target } of namesIn(definition)) {
      if (ids.has(target)) continue
      const text = `${verb} unknown step "${target}".${didYouMean(target, ids)}`
      report({ code: 'unknown_step', step: index, field, text })
    }
  }
}

interface StepName {
  readonly field: string
  readonly verb: string
  readonly target: string
}

function namesIn({ needs = [], routing }: StepDefinition): readonly StepName[] {
  const needed = needs.map((target, index) => ({ field: `needs[${index}]`, verb: 'needs', target }))
  return [...needed, ...routeNames(routing)]
}

function routeNames(routing: Routing | undefined): readonly StepName[] {
  if (routing === undefined || routing.kind === 'terminal') return []
  const to = (field: string, target: string | undefined, verb = 'routes to'): readonly StepName[] =>
    target === undefined ? [] : [{ field: `routing.${field}`, verb, target }]
  if (routing.kind === 'linear') return to('next', routing.next)
  if (routing.kind === 'microloop') {
    return [...to('loopTarget', routing.loopTarget, 'loops back to'), ...to('next', routing.next)]
  }
  const cases = routing.cases.flatMap(({ next }, index) => to(`cases[${index}].next`, next))
  return [...cases, ...to('default', routing.default)]
}
