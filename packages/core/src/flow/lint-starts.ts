/**
 * Whether each step can ever start (rules F1, F2, F4 and L1), decided in the order of the edges:
 *
 * - some edge must lead to it, from a step that can run and by a route that can be taken;
 * - its trigger rule must be able to hold: no step starts after a terminal one has succeeded, and of the
 *   targets of one branch only one runs.
 */
import { type Edge, type FlowGraph, type GraphStep, routeTargets } from './graph.ts'
import type { Lint } from './lint-finding.ts'
import { orderSteps } from './step-order.ts'

/** Reports `cycle`, `no_way_in`, `unreachable_step` and `rule_never_fires`. */
export function lintStarts(lint: Lint): void {
  const { graph, report, isUnsure } = lint
  const { order, cycles } = orderSteps(graph)
  for (const cycle of cycles) reportCycle(cycle, lint)
  const prospects = new Map<number, Prospect>()
  for (const place of order) {
    const step = graph.steps[place]
    if (step === undefined || isUnsure(place)) continue
    const prospect = prospectOf(step, { graph, prospects })
    prospects.set(place, prospect)
    if (prospect.never !== undefined) report({ ...prospect.never, step: place })
  }
}

function reportCycle(cycle: readonly number[], { graph, report }: Lint): void {
  const [step = 0] = cycle
  const around = [...cycle, step].map((place) => `"${graph.steps[place]?.id}"`).join(' → ')
  const text = `waits for itself: ${around}. Take one of these edges away, or make it a loop with routing.`
  report({ code: 'cycle', step, field: 'needs', text })
}

/** Branches that must have been taken, from their step to the target that was chosen. */
type Arms = ReadonlyMap<number, number>

/** What must have happened before a step starts, or why it never does. */
interface Prospect {
  readonly arms: Arms
  readonly never?: Never
}

interface Never {
  readonly code: 'no_way_in' | 'unreachable_step' | 'rule_never_fires'
  readonly field?: string
  readonly text: string
}

interface Known {
  readonly graph: FlowGraph
  /** Of the steps before; a faulty one, or one in a cycle, has none and counts as one that runs. */
  readonly prospects: ReadonlyMap<number, Prospect>
}

const certain: Prospect = { arms: new Map() }

function prospectOf(step: GraphStep, known: Known): Prospect {
  if (step.isRoot || (step.incoming.length > 0 && step.incoming.every((edge) => isPlain(edge, known))))
    return certain
  const never = (code: Never['code'], text: string, field?: string): Prospect => ({
    ...certain,
    never: field === undefined ? { code, text } : { code, text, field },
  })
  if (step.incoming.length === 0) {
    if (known.graph.isSequence) return never('unreachable_step', 'is never reached: no step routes to it.')
    return never(
      'no_way_in',
      'has neither needs nor a route that leads to it. Write needs: [] to start it at once.',
    )
  }
  const routes = step.incoming.filter(({ kind }) => kind === 'route')
  const open = routes.filter((edge) => canRun(edge.from, known) && canBeTaken(edge, known.graph))
  if (routes.length > 0 && open.length === 0) {
    return never('unreachable_step', 'is never reached: no route that leads to it can be taken.')
  }
  const needs = step.incoming.filter(({ kind }) => kind === 'data')
  const hindrance = hindranceOf(step, needs, known)
  if (hindrance !== undefined) return { ...certain, never: hindrance }
  const arms = [commonArms(open, known), ...armsOfNeeds(step, needs, known)]
  const merged = mergeArms(arms)
  if (merged !== undefined) return { arms: merged }
  const text =
    'can never start: it waits for two targets of one branch, of which only one runs. Use another trigger rule.'
  return never('rule_never_fires', text, 'needs')
}

/** Whether an edge comes from a step that is certain to run and that decides nothing: most do. */
function isPlain({ from }: Edge, { graph, prospects }: Known): boolean {
  return prospects.get(from) === certain && graph.steps[from]?.definition.routing === undefined
}

function canRun(place: number, { prospects }: Known): boolean {
  return prospects.get(place)?.never === undefined
}

/** The successor of a branch or terminal step is reached only when that step did not decide (rule F3). */
function canBeTaken({ from, to }: Edge, { steps }: FlowGraph): boolean {
  const source = steps[from]?.definition
  const target = steps[to]?.id
  if (source === undefined || target === undefined || routeTargets(source.routing).includes(target))
    return true
  const decides = source.routing?.kind === 'branch' || source.routing?.kind === 'terminal'
  return !decides || source.when !== undefined || source.allowFailure === true
}

/** Why the needs of a step can never be as its trigger rule wants them. */
function hindranceOf(step: GraphStep, needs: readonly Edge[], known: Known): Never | undefined {
  const { triggerRule = 'all_success' } = step.definition
  if (needs.length === 0 || triggerRule === 'all_done') return undefined
  const dead = needs.filter(({ from }) => !canRun(from, known))
  const last = needs.filter(({ from }) => known.graph.steps[from]?.definition.routing?.kind === 'terminal')
  const enough = triggerRule === 'all_success' ? 1 : needs.length
  if (dead.length >= enough) {
    const text = `is never reached: it needs ${namesOf(dead, known)}, which never runs.`
    return { code: 'unreachable_step', field: 'needs', text }
  }
  if (dead.length + last.length < enough) return undefined
  const text = `can never start: it needs ${namesOf(last, known)}, after which nothing starts. Take the terminal routing away.`
  return { code: 'rule_never_fires', field: 'needs', text }
}

function namesOf(edges: readonly Edge[], { graph }: Known): string {
  return edges.map(({ from }) => `"${graph.steps[from]?.id}"`).join(' and ')
}

function armsOfNeeds(step: GraphStep, needs: readonly Edge[], known: Known): readonly Arms[] {
  const { triggerRule = 'all_success' } = step.definition
  if (triggerRule === 'all_done') return []
  if (triggerRule === 'all_success') return needs.map((edge) => armsThrough(edge, known))
  return [
    commonArms(
      needs.filter(({ from }) => canRun(from, known)),
      known,
    ),
  ]
}

/** What holds whichever of the edges is the one that is taken. */
function commonArms(edges: readonly Edge[], known: Known): Arms {
  const [first, ...others] = edges.map((edge) => armsThrough(edge, known))
  if (first === undefined) return certain.arms
  return new Map([...first].filter(([from, to]) => others.every((arms) => arms.get(from) === to)))
}

/** More than this many are not remembered: a flow that branches so often is not proven wrong. */
const ARM_LIMIT = 64

function armsThrough({ kind, from, to }: Edge, { graph, prospects }: Known): Arms {
  const { arms } = prospects.get(from) ?? certain
  const routing = graph.steps[from]?.definition.routing
  const chooses = kind === 'route' && routing?.kind === 'branch' && new Set(routeTargets(routing)).size > 1
  return chooses && arms.size < ARM_LIMIT ? new Map([...arms, [from, to]]) : arms
}

/** All of them together, or `undefined` when they contradict each other. */
function mergeArms(all: readonly Arms[]): Arms | undefined {
  const merged = new Map<number, number>()
  for (const arms of all) {
    for (const [from, to] of arms) {
      if ((merged.get(from) ?? to) !== to) return undefined
      merged.set(from, to)
    }
  }
  return merged
}
