/**
 * The edges and loops of a flow by rules F1, F2 and L2, written down a second time: by names instead of
 * places, with nothing of the kernel's own code, and without a thought for speed.
 */
import type { FlowDefinition, StepDefinition } from '../../../src/flow/definition.ts'

/** One edge. */
export interface PlainEdge {
  readonly kind: 'data' | 'route'
  readonly from: string
  readonly to: string
}

/** A loop and the steps that it holds. */
export interface PlainLoop {
  readonly key: string
  readonly decision: string
  readonly target: string
  readonly kind: 'microloop' | 'branch'
  readonly body: ReadonlySet<string>
  readonly most: number
}

/** A flow as edges and loops. */
export interface PlainGraph {
  readonly steps: ReadonlyMap<string, StepDefinition>
  readonly edges: readonly PlainEdge[]
  readonly loops: readonly PlainLoop[]
  /** Where a step goes when its routing does not say otherwise. */
  readonly onwards: ReadonlyMap<string, string | undefined>
  readonly roots: ReadonlySet<string>
}

const known = new WeakMap<FlowDefinition, PlainGraph>()

/** The graph of a flow. */
export function toPlainGraph(flow: FlowDefinition): PlainGraph {
  const graph = known.get(flow) ?? draft(flow)
  known.set(flow, graph)
  return graph
}

function draft({ steps }: FlowDefinition): PlainGraph {
  const isGraph = steps.some((step) => step.needs !== undefined)
  const onwards = new Map(
    steps.map((step, index) => [step.id, onwardsOf(step, isGraph ? undefined : steps[index + 1]?.id)]),
  )
  const routes = steps.flatMap((step) => routesOf(step, onwards.get(step.id), steps))
  const data = steps.flatMap(({ id, needs = [] }) =>
    [...new Set(needs)].map((from): PlainEdge => ({ kind: 'data', from, to: id })),
  )
  const place = (id: string): number => steps.findIndex((step) => step.id === id)
  const edges = [...data, ...routes.filter(({ from, to }) => place(to) > place(from))]
  const backs: PlainEdge[] = []
  for (const route of routes.filter(({ from, to }) => place(to) <= place(from))) {
    const isBack = route.from === route.to || leads(edges, route.to, route.from)
    if (isBack) backs.push(route)
    else edges.push(route)
  }
  const roots = steps.filter((step, index) => {
    const begins = index === 0 || (isGraph && step.needs?.length === 0)
    return begins && !edges.some(({ to }) => to === step.id)
  })
  return {
    steps: new Map(steps.map((step) => [step.id, step])),
    edges,
    onwards,
    loops: loopsOf(steps, edges, backs),
    roots: new Set(roots.map(({ id }) => id)),
  }
}

function onwardsOf({ routing }: StepDefinition, successor: string | undefined): string | undefined {
  if (routing?.kind === 'branch') return routing.default ?? successor
  if (routing?.kind === 'linear' || routing?.kind === 'microloop') return routing.next ?? successor
  return successor
}

function routesOf(
  { id, routing }: StepDefinition,
  onwards: string | undefined,
  steps: readonly StepDefinition[],
): readonly PlainEdge[] {
  const cases = routing?.kind === 'branch' ? routing.cases.map(({ next }) => next) : []
  const targets = [...new Set([...cases, ...(onwards === undefined ? [] : [onwards])])]
  const chooses = routing?.kind === 'branch' || routing?.kind === 'microloop'
  const isNeed = (target: string): boolean =>
    steps.some((step) => step.id === target && (step.needs ?? []).includes(id))
  return targets
    .filter((target) => chooses || !isNeed(target))
    .map((to): PlainEdge => ({ kind: 'route', from: id, to }))
}

function loopsOf(
  steps: readonly StepDefinition[],
  edges: readonly PlainEdge[],
  backs: readonly PlainEdge[],
): readonly PlainLoop[] {
  const make = (kind: PlainLoop['kind'], decision: string, target: string, most = 3): PlainLoop => {
    const onTheWay = steps.filter(({ id }) => leads(edges, target, id) && leads(edges, id, decision))
    const body = new Set(onTheWay.map(({ id }) => id))
    return { key: `${decision}:${target}`, decision, target, kind, body, most }
  }
  const micro = steps.flatMap(({ id, routing }) =>
    routing?.kind === 'microloop' ? [make('microloop', id, routing.loopTarget, routing.maxIterations)] : [],
  )
  const branches = backs.flatMap(({ from, to }) => {
    const routing = steps.find(({ id }) => id === from)?.routing
    return routing?.kind === 'branch' ? [make('branch', from, to, routing.maxIterations)] : []
  })
  return [...micro, ...branches]
}

/** Whether edges lead from one step to another; a step leads to itself. */
export function leads(edges: readonly PlainEdge[], from: string, to: string): boolean {
  const reached = new Set([from])
  for (let grown = true; grown; ) {
    const before = reached.size
    for (const edge of edges) if (reached.has(edge.from)) reached.add(edge.to)
    grown = reached.size > before
  }
  return reached.has(to)
}

/**
 * The steps that are over whenever a step begins. One with several edges may be skipped by the first of them
 * (rule F4); what is beyond it is over for sure only if it must have succeeded, or waits for all.
 */
export function surelyBefore(graph: PlainGraph, id: string): ReadonlySet<string> {
  const { steps, edges } = graph
  const into = (to: string) => edges.filter((edge) => edge.to === to)
  const ruleOf = (of: string) => steps.get(of)?.triggerRule ?? 'all_success'
  const isWhole = (from: string): boolean => into(from).length < 2 || ruleOf(from) === 'all_done'
  const before = new Set<string>()
  for (const { from, kind } of into(id)) {
    before.add(from)
    const isAlone = into(id).filter((edge) => edge.kind === kind).length === 1
    const hasSucceeded = kind === 'data' ? ruleOf(id) === 'all_success' : isAlone
    if (!hasSucceeded && !isWhole(from)) continue
    for (const one of surelyBefore(graph, from)) before.add(one)
  }
  return before
}

/** Steps that only a race depends on: all that follows them ends in it (rule F5). */
export function losersOf({ steps, edges }: PlainGraph, race: string): ReadonlySet<string> {
  const losers = new Set<string>()
  const isLost = (id: string): boolean => id === race || losers.has(id)
  for (let grown = true; grown; ) {
    const before = losers.size
    for (const id of steps.keys()) {
      const out = edges.filter(({ from }) => from === id)
      if (id !== race && out.length > 0 && out.every(({ to }) => isLost(to))) losers.add(id)
    }
    grown = losers.size > before
  }
  return losers
}

/** What loops a flow has, and how they lie to each other. */
export function shapesOf(flow: FlowDefinition): readonly string[] {
  const { loops, edges } = toPlainGraph(flow)
  return loops.flatMap((loop) => {
    const others = loops.filter((other) => other !== loop)
    const leaves = edges.some(
      ({ kind, from, to }) =>
        kind === 'route' && from !== loop.decision && loop.body.has(from) && !loop.body.has(to),
    )
    return [
      loop.kind,
      ...(others.some(({ body }) => isWithin(loop.body, body)) ? ['nested'] : []),
      ...(others.some(({ target }) => target === loop.target) ? ['with a shared target'] : []),
      ...(leaves ? ['branched out of'] : []),
    ]
  })
}

function isWithin(inner: ReadonlySet<string>, outer: ReadonlySet<string>): boolean {
  return inner.size < outer.size && [...inner].every((id) => outer.has(id))
}
