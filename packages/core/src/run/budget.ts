/**
 * My job: the balances of budgets (rule B3). Budgets form a tree: the run's, each visit's, each step's. A call
 * reserves its worst case in every budget above it before it begins, and settles what it took when it has ended.
 *
 * Invariants:
 * 1. What is spent and reserved never exceeds a budget by the decision of the kernel: only a call that takes more than it reserved does that.
 * 2. The worst case of a call is what is left of its own step's budget; without one it is all that is left above.
 * 3. What nobody can tell is charged as it was reserved, never as nothing.
 */
import type { CallBudget } from '../events/envelope.ts'
import type { AttemptMeasures, StepEnd, StepError, StepSkipped } from '../events/step-events.ts'
import type { Budget } from '../flow/budget.ts'
import type { FlowDefinition, StepDefinition } from '../flow/definition.ts'
import type { TaskQueue } from './agenda.ts'
import { executionOf } from './lookup.ts'
import { definitionOf, type Execution, type FrameState, type RunState } from './state.ts'

/** What of one budget is gone. */
export interface Balance {
  readonly spent: Amounts
  readonly reserved: Amounts
  /** Starts that wait until a reservation is settled. */
  readonly held: TaskQueue
}

/** Something of each dimension. */
export type Amounts = Record<Dimension, number>

/** What a budget bounds. */
export type Dimension = 'costUsd' | 'tokens'

/** All of them. */
export const DIMENSIONS: readonly Dimension[] = ['costUsd', 'tokens']

/** Sums of fractions of a cent are not exact. */
const EXACTNESS = 1e-9

/** A balance of which nothing is gone. */
export function createBalance(): Balance {
  return {
    spent: { costUsd: 0, tokens: 0 },
    reserved: { costUsd: 0, tokens: 0 },
    held: { tasks: [], head: 0 },
  }
}

/** A budget that stands above a call. */
export interface BudgetPlace {
  readonly limit: Budget
  readonly balance: Balance
  /** Such as `the run` or `step "draft"`, for messages. */
  readonly name: string
  /** The uppermost visit that ends with the budget; without one it is the execution's own or its map's. */
  readonly visit: FrameState | undefined
  readonly ofRun: boolean
}

/** Whether a flow or one of its steps has a budget. */
export function hasBudget({ budget, steps }: FlowDefinition): boolean {
  return budget !== undefined || steps.some(hasOwnBudget)
}

/** Whether a step has a budget, or what it does for each item. */
export function hasOwnBudget(step: StepDefinition): boolean {
  return step.budget !== undefined || (step.kind === 'map' && step.step.budget !== undefined)
}

/** The budgets above a call, the nearest first. */
export function budgetsOf(state: RunState, execution: Execution): readonly BudgetPlace[] {
  if (!state.isBudgeted) return []
  const places: BudgetPlace[] = []
  let visit: FrameState | undefined
  for (let at: Execution | undefined = execution; at !== undefined; at = parentOf(state, at.frame)) {
    for (const owner of at.item === undefined ? [at] : [at, at.step]) {
      const limit = definitionOf(owner).budget
      owner.balance ??= limit && createBalance()
      addPlace(places, { limit, balance: owner.balance, name: `step "${at.step.place.id}"`, visit })
    }
    visit = at.frame
    const limit = visit.graph.definition.budget
    visit.balance ??= limit && createBalance()
    addPlace(places, { limit, balance: visit.balance, name: `flow "${visit.flowKey}"`, visit })
  }
  addPlace(places, { limit: state.budget, balance: state.balance, name: 'the run', visit, ofRun: true })
  return places
}

function addPlace(
  places: BudgetPlace[],
  place: Omit<BudgetPlace, 'limit' | 'balance' | 'ofRun'> & {
    readonly limit: Budget | undefined
    readonly balance: Balance | undefined
    readonly ofRun?: boolean
  },
): void {
  const { limit, balance, ofRun = false } = place
  if (limit !== undefined && balance !== undefined) places.push({ ...place, limit, balance, ofRun })
}

function parentOf(state: RunState, { parent }: FrameState): Execution | undefined {
  return parent === undefined ? undefined : executionOf(state, parent)
}

/** What becomes of a call that wants to begin. */
export type Reservation =
  /** It may, with this reserved; `undefined` where no budget bounds it. */
  | { readonly kind: 'reserved'; readonly amount: CallBudget | undefined }
  /** There is too little only because of what others have reserved. */
  | { readonly kind: 'held'; readonly by: Balance }
  /** There is too little. */
  | { readonly kind: 'exceeded'; readonly place: BudgetPlace; readonly dimension: Dimension }

const UNBOUNDED: Reservation = { kind: 'reserved', amount: undefined }

/** What the next attempt of an execution reserves (rule B3). Takes nothing yet. */
export function reserve(state: RunState, execution: Execution): Reservation {
  const places = budgetsOf(state, execution)
  if (places.length === 0) return UNBOUNDED
  const isOwn = definitionOf(execution).budget !== undefined
  const amount: { -readonly [Name in Dimension]?: number } = {}
  let held: Reservation | undefined
  for (const dimension of DIMENSIONS) {
    const found = reserveOne(places, dimension, isOwn)
    if (found === undefined) continue
    if (typeof found === 'number') amount[dimension] = found
    else if (found.kind === 'exceeded') return found
    else held ??= found
  }
  return held ?? { kind: 'reserved', amount }
}

function reserveOne(
  places: readonly BudgetPlace[],
  dimension: Dimension,
  isOwn: boolean,
): number | Reservation | undefined {
  const bounds = places.flatMap((place) => {
    const limit = place.limit[dimension]
    if (limit === undefined) return []
    const { balance } = place
    const unspent = limit - balance.spent[dimension]
    return [{ place, unspent, left: unspent - balance.reserved[dimension] }]
  })
  const [first] = bounds
  if (first === undefined) return undefined
  const worst = isOwn && first.place === places[0] ? first.unspent : undefined
  const least = worst ?? EXACTNESS
  const exceeded = bounds.find(({ unspent }) => isLess(unspent, least))
  if (exceeded !== undefined) return { kind: 'exceeded', place: exceeded.place, dimension }
  const held = bounds.find(({ left }) => isLess(left, least))
  if (held !== undefined) return { kind: 'held', by: held.place.balance }
  return worst ?? Math.min(...bounds.map(({ left }) => left))
}

/** Whether there is less than what is needed; nothing is always less. */
function isLess(amount: number, needed: number): boolean {
  return amount < needed - EXACTNESS || amount <= EXACTNESS
}

/** The reservation of an attempt that begins. */
export function foldReservation(state: RunState, execution: Execution, amount: CallBudget | undefined): void {
  execution.reserved = amount
  if (amount === undefined) return
  for (const { balance } of budgetsOf(state, execution)) add(balance.reserved, amount, 1)
}

/** What an attempt has told that has ended, or what it is charged with. */
export function foldSettlement(
  state: RunState,
  execution: Execution,
  measures: Pick<AttemptMeasures, 'usage' | 'costUsd' | 'charged'>,
): void {
  const { usage, costUsd, charged } = measures
  const { reserved } = execution
  if (usage === undefined && costUsd === undefined && (charged ?? reserved) === undefined) return
  const taken = { ...toldAmounts(measures), ...charged }
  execution.reserved = undefined
  add(state.balance.spent, taken, 1)
  if (!state.isBudgeted) return
  for (const { balance } of budgetsOf(state, execution)) {
    if (balance !== state.balance) add(balance.spent, taken, 1)
    if (reserved === undefined) continue
    add(balance.reserved, reserved, -1)
    if (balance.held.head < balance.held.tasks.length) state.agenda.opened.add(balance)
  }
}

function add(amounts: Amounts, more: CallBudget, sign: 1 | -1): void {
  for (const dimension of DIMENSIONS) {
    const sum = amounts[dimension] + sign * (more[dimension] ?? 0)
    amounts[dimension] = Math.abs(sum) < EXACTNESS ? 0 : Math.max(0, sum)
  }
}

/** What calls fail with before the service has done anything for them: who tells nothing then has taken nothing. */
const TAKEN_NOTHING: ReadonlySet<string> = new Set([
  'auth',
  'context_overflow',
  'engine_unavailable',
  'invalid_request',
  'overloaded',
  'quota',
  'rate_limit',
])

/** What an attempt is charged with in the place of what nobody told, as its end records it (rule B3). */
export function chargeOf(
  state: RunState,
  execution: Execution,
  end: (StepEnd | StepError | StepSkipped) & AttemptMeasures,
  { untold = NONE, hasSpoken = true }: KnownOfCall = {},
): CallBudget | undefined {
  if (execution.reserved === undefined) return undefined
  const hasTold = end.usage !== undefined || end.costUsd !== undefined
  const code = end.type === 'step_error' ? end.error.code : undefined
  // What a process did that died nobody knows; one that left while people were asked did nothing more.
  if (code !== undefined && CUT_OFF.has(code) && state.resumedFrom === 'crash') return execution.reserved
  if (!hasTold && code !== undefined && tookNothing(code, hasSpoken)) return undefined
  return untoldOf(state, execution, end, untold)
}

/** What is known of a call beside what its end tells. */
interface KnownOfCall {
  /** What passes before the last have left untold. */
  readonly untold?: ReadonlySet<Dimension>
  /** Whether the engine had said or done anything. */
  readonly hasSpoken?: boolean
}

const NONE: ReadonlySet<Dimension> = new Set()
const CUT_OFF: ReadonlySet<string> = new Set(['interrupted', 'poisoned'])

/** A connection that was never made has cost nothing either. */
function tookNothing(code: string, hasSpoken: boolean): boolean {
  return TAKEN_NOTHING.has(code) || (code === 'network' && !hasSpoken)
}

function untoldOf(
  state: RunState,
  execution: Execution,
  measures: Pick<AttemptMeasures, 'usage' | 'costUsd'>,
  untold: ReadonlySet<Dimension>,
): CallBudget | undefined {
  const { reserved } = execution
  if (reserved === undefined) return undefined
  const told = toldAmounts(measures)
  const hasTold = measures.usage !== undefined || measures.costUsd !== undefined
  const isFree = budgetsOf(state, execution).every(allowsUnpriced)
  const charged = DIMENSIONS.filter(
    (dimension) =>
      reserved[dimension] !== undefined &&
      (told[dimension] === undefined || untold.has(dimension)) &&
      !(dimension === 'costUsd' && isFree && hasTold),
  )
  if (charged.length === 0) return undefined
  return Object.fromEntries(charged.map((dimension) => [dimension, reserved[dimension]]))
}

/** Whether a budget lets calls pass whose price nobody knows. */
export function allowsUnpriced({ limit }: BudgetPlace): boolean {
  return limit.costUsd === undefined || limit.unpriced === 'allow'
}

/** What was told of each dimension. */
export function toldAmounts({ usage, costUsd }: Pick<AttemptMeasures, 'usage' | 'costUsd'>): CallBudget {
  const { inputTokens, outputTokens, totalTokens } = usage ?? {}
  // Half of a count is none.
  const isCounted = inputTokens !== undefined && outputTokens !== undefined
  const tokens = totalTokens ?? (isCounted ? inputTokens + outputTokens : undefined)
  return {
    ...(costUsd === undefined ? {} : { costUsd }),
    ...(tokens === undefined ? {} : { tokens }),
  }
}
