/** Draws the edges between steps: sequences and graphs, with branches, loops and ends among them. */
import type { TriggerRule } from '../../../src/flow/definition.ts'
import type { Routing } from '../../../src/flow/routing.ts'
import type { Random } from '../random.ts'
import { drawBranch, drawMicroloop } from './draw-routing.ts'

/** The edges of one step, by the places of other steps. */
export interface DrawnEdges {
  needs?: readonly string[]
  triggerRule?: TriggerRule
  losers?: 'run' | 'cancel'
  routing?: Routing
  /** Steps with an edge into it. */
  reads: readonly string[]
}

/** The name of the step at a place. */
export function nameOf(place: number): string {
  return `s${place}`
}

/** A sequence: each step follows the one before, but for what branches and loops say. */
export function drawSequence(random: Random, count: number): readonly DrawnEdges[] {
  const edges: DrawnEdges[] = Array.from({ length: count }, (_, place) => ({
    reads: place === 0 ? [] : [nameOf(place - 1)],
  }))
  const loops: [number, number][] = []
  for (const [place, step] of edges.entries()) {
    const later = range(place + 1, Math.min(count, place + 4))
    const routing = drawSequenceRouting(random, { place, later, loops })
    if (routing !== undefined) step.routing = routing
  }
  return edges
}

interface SequencePlace {
  readonly place: number
  readonly later: readonly number[]
  readonly loops: [number, number][]
}

function drawSequenceRouting(random: Random, { place, later, loops }: SequencePlace): Routing | undefined {
  const next = later.map(nameOf)
  switch (random.weighted({ none: 60, linear: 5, microloop: 15, branch: 14, back: 7, terminal: 2 })) {
    case 'linear':
      return { kind: 'linear', ...(next[0] === undefined ? {} : { next: next[0] }) }
    case 'microloop': {
      const target = drawTarget(random, place, loops)
      return target === undefined ? undefined : drawMicroloop(random, nameOf(target), undefined)
    }
    case 'branch':
      if (next.length === 0) return undefined
      return drawBranch(random, random.some(next, random.between(1, 3)))
    case 'back': {
      const target = drawTarget(random, place, loops)
      return target === undefined ? undefined : drawBranch(random, next.slice(0, 1), nameOf(target))
    }
    case 'terminal':
      return { kind: 'terminal' }
    default:
      return undefined
  }
}

/** A place to loop back to, such that loops nest, stand apart or share their target. */
function drawTarget(random: Random, place: number, loops: [number, number][]): number | undefined {
  const target = Math.max(0, place - random.int(4))
  const entangled = loops.some(([from, to]) => from < target && target <= to && place > to)
  if (entangled) return undefined
  loops.push([target, place])
  return target
}

/** A graph: needs with their rules, steps that only a route leads to, and loops over both. */
export function drawGraph(random: Random, count: number): readonly DrawnEdges[] {
  const edges: DrawnEdges[] = [{ reads: [] }]
  const routes = new Map<number, number[]>()
  for (const place of range(1, count)) edges.push(drawEntry(random, place, routes))
  const isGraph = edges.some(({ needs }) => needs !== undefined)
  if (!isGraph && count > 1) edges[1] = { needs: [nameOf(0)], reads: [nameOf(0)] }
  const loops = drawLoops(random, edges)
  for (const [place, step] of edges.entries()) {
    const targets = (routes.get(place) ?? []).map(nameOf)
    const routing = drawGraphRouting(random, targets, loops.get(place))
    if (routing !== undefined) step.routing = routing
  }
  return edges
}

function drawEntry(random: Random, place: number, routes: Map<number, number[]>): DrawnEdges {
  const way = random.weighted({ needs: 72, root: 8, route: 20 })
  if (way === 'root') return { needs: [], reads: [] }
  const sources = way === 'route' ? random.some(range(0, place), random.chance(0.25) ? 2 : 1) : []
  for (const source of sources) routes.set(source, [...(routes.get(source) ?? []), place])
  const routed = sources.map(nameOf)
  if (way === 'route' && random.chance(0.8)) return { reads: routed }
  const needs = drawNeeds(random, place).map(nameOf)
  return { needs, reads: [...new Set([...routed, ...needs])], ...drawRule(random, needs.length) }
}

/** One to three earlier steps, rather near ones. */
function drawNeeds(random: Random, place: number): readonly number[] {
  const near = range(Math.max(0, place - 4), place)
  return random.some(near, Number(random.weighted({ 1: 45, 2: 38, 3: 17 })))
}

function drawRule(random: Random, needs: number): Pick<DrawnEdges, 'triggerRule' | 'losers'> {
  const triggerRule = random.weighted<TriggerRule>({
    all_success: 45,
    none_failed: 17,
    one_success: needs > 1 ? 18 : 3,
    all_done: 20,
  })
  if (triggerRule === 'all_success') return random.chance(0.5) ? { triggerRule } : {}
  return { triggerRule, ...(triggerRule === 'one_success' && random.chance(0.5) ? { losers: 'cancel' } : {}) }
}

/** Some steps that decide a loop, with the place that it goes back to. */
function drawLoops(random: Random, edges: readonly DrawnEdges[]): ReadonlyMap<number, number> {
  const loops = new Map<number, number>()
  for (let tries = random.int(3); tries > 0; tries -= 1) {
    const place = random.int(edges.length)
    const shared = random.chance(0.3) ? [...loops.values()] : []
    const candidates = [...shared, ...upstreamOf(edges, place)]
    if (candidates.length > 0) loops.set(place, random.pick(candidates))
  }
  return loops
}

function upstreamOf(edges: readonly DrawnEdges[], place: number): readonly number[] {
  const found = new Set([place])
  for (const one of found) for (const read of edges[one]?.reads ?? []) found.add(Number(read.slice(1)))
  return [...found]
}

function drawGraphRouting(
  random: Random,
  targets: readonly string[],
  back: number | undefined,
): Routing | undefined {
  if (back !== undefined) {
    const isLoop = targets.length < 2 && random.chance(0.7)
    if (isLoop) return drawMicroloop(random, nameOf(back), targets[0])
    return drawBranch(random, targets, nameOf(back))
  }
  const [only] = targets
  if (only === undefined) return random.chance(0.02) ? { kind: 'terminal' } : undefined
  if (targets.length === 1 && random.chance(0.4)) return { kind: 'linear', next: only }
  return drawBranch(random, targets)
}

function range(from: number, to: number): readonly number[] {
  return Array.from({ length: Math.max(0, to - from) }, (_, index) => from + index)
}
