/**
 * Forks and joins of the registry dialect as edges: a fork is a need of its targets, a join needs what it joins
 * and waits for all of it. A flow that has them is a graph (rule F1), so the order of the other steps, which
 * the file leaves to their places, is written out as routes.
 */
import { didYouMean } from '../errors/closest.ts'
import { type Holder, isHolder, show } from '../input/value.ts'
import { Draft } from './draft.ts'
import type { FlowIssueCode } from './issue.ts'
import type { Origins } from './origin.ts'
import type { YamlSink } from './yaml-source.ts'

/** The steps with the edges of their forks and joins. */
export function connectForks(steps: readonly unknown[], sink: YamlSink): readonly unknown[] {
  const forks = new ForkReader(steps, sink)
  const edges = forks.read()
  if (edges.size === 0) return steps
  const isOrdered = steps.every((step) => !isHolder(step) || step.needs === undefined)
  return steps.map((step, index) => {
    if (!isHolder(step)) return step
    return connect(step, { edges, next: isOrdered ? successorOf(index, steps, edges) : undefined }, sink)
  })
}

/** What a step needs because of forks and joins. */
interface ForkEdges {
  readonly needs: readonly unknown[]
  readonly isJoin: boolean
}

type EdgesById = ReadonlyMap<unknown, ForkEdges>

/** Collects the edges of every fork and join. */
class ForkReader {
  readonly #steps: readonly unknown[]
  readonly #sink: YamlSink
  readonly #edges = new Map<unknown, ForkEdges>()

  constructor(steps: readonly unknown[], sink: YamlSink) {
    this.#steps = steps
    this.#sink = sink
  }

  read(): EdgesById {
    for (const kind of ['fork', 'join'] as const) {
      for (const [index, step] of this.#steps.entries()) {
        if (isHolder(step) && kindOf(step) === kind) this[kind](step, index)
      }
    }
    return this.#edges
  }

  fork({ id, routing }: Holder, index: number): void {
    const targets = isHolder(routing) ? routing.fork_targets : undefined
    if (!Array.isArray(targets)) {
      return this.#refuse('missing_field', 'has a fork without "fork_targets".', index)
    }
    const ids = this.#steps.flatMap((step) => (isHolder(step) && typeof step.id === 'string' ? step.id : []))
    for (const target of targets) {
      const text = `forks to unknown step ${show(target)}.${didYouMean(String(target), ids)}`
      if (ids.includes(target)) this.#add(target, [id], false)
      else this.#refuse('unknown_step', text, index)
    }
  }

  join({ id, routing }: Holder, index: number): void {
    const { join_from: from, join_strategy: strategy = 'all_complete' } = isHolder(routing) ? routing : {}
    if (strategy !== 'all_complete') {
      const text = `joins by ${show(strategy)}, but only "all_complete" is known. Write needs and a trigger_rule instead.`
      this.#refuse('value_not_allowed', text, index)
    }
    this.#add(id, Array.isArray(from) ? from : this.#joinedAt(id), true)
  }

  /** The steps that say where they are joined, else the targets of the forks. */
  #joinedAt(id: unknown): readonly unknown[] {
    const pointing = this.#steps
      .filter(isHolder)
      .filter(({ notes }) => isHolder(notes) && notes.join_point === id)
    return pointing.length > 0 ? pointing.map((step) => step.id) : [...this.#edges.keys()]
  }

  #add(id: unknown, needs: readonly unknown[], isJoin: boolean): void {
    const known = this.#edges.get(id)
    this.#edges.set(id, {
      needs: [...(known?.needs ?? []), ...needs],
      isJoin: isJoin || known?.isJoin === true,
    })
  }

  #refuse(code: FlowIssueCode, text: string, index: number): void {
    const step = this.#steps[index]
    const origin = isHolder(step) ? this.#sink.origins.find(step, 'routing') : undefined
    this.#sink.issues.report({ code, path: `steps[${index}].routing`, text, origin })
  }
}

/** The step that follows by its place, when nothing else says where a step goes. */
function successorOf(index: number, steps: readonly unknown[], edges: EdgesById): string | undefined {
  const [step, next] = [steps[index], steps[index + 1]]
  if (!isHolder(step) || !isHolder(next) || edges.has(next.id)) return undefined
  const isJoined = [...edges.values()].some(({ needs, isJoin }) => isJoin && needs.includes(step.id))
  const kind = kindOf(step)
  const goesOn = kind === undefined || ((kind === 'linear' || kind === 'join') && nextOf(step) === undefined)
  return goesOn && !isJoined && typeof next.id === 'string' ? next.id : undefined
}

interface Connection {
  readonly edges: EdgesById
  readonly next: string | undefined
}

function connect(step: Holder, { edges, next }: Connection, { origins }: YamlSink): Holder {
  const draft = new Draft(step, origins)
  const line = (origins.find(step, 'routing') ?? origins.find(step, 'id'))?.line
  const origin = line === undefined ? undefined : { line }
  const edge = edges.get(step.id)
  if (edge !== undefined) {
    const own = Array.isArray(step.needs) ? step.needs : []
    draft.put('needs', [...new Set([...own, ...edge.needs])], origin)
    if (edge.isJoin && step.trigger_rule === undefined) draft.put('trigger_rule', 'all_done', origin)
  }
  if (isForkOrJoin(step)) draft.move('routing', 'routing', (routing) => toLinear(routing, origins))
  if (next !== undefined) draft.put('routing', { kind: 'linear', next }, origin)
  if (draft.get('routing') === undefined) draft.take('routing')
  return draft.toObject()
}

/** What is left of a fork's or a join's routing without its edges: its `next`, and what nobody knows. */
function toLinear(routing: unknown, origins: Origins): Holder | undefined {
  if (!isHolder(routing)) return undefined
  const rest = new Draft(routing, origins)
  for (const key of ['kind', 'fork_targets', 'join_from', 'join_strategy']) rest.take(key)
  if (Object.keys(rest.toObject()).length === 0) return undefined
  rest.put('kind', 'linear', origins.find(routing, 'kind'))
  return rest.toObject()
}

function isForkOrJoin(step: Holder): boolean {
  const kind = kindOf(step)
  return kind === 'fork' || kind === 'join'
}

function kindOf({ routing }: Holder): unknown {
  return isHolder(routing) ? routing.kind : undefined
}

function nextOf({ routing }: Holder): unknown {
  return isHolder(routing) ? routing.next : undefined
}
