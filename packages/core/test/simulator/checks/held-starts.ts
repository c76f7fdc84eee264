/** Starts that wait in the line of a budget, in a state that lives: its journal does not tell of them. */
import { formatAddress } from '../../../src/run/address.ts'
import type { Task } from '../../../src/run/agenda.ts'
import { type Balance, reserve } from '../../../src/run/budget.ts'
import { stepScope } from '../../../src/run/drafts.ts'
import type { Execution, RunState } from '../../../src/run/state.ts'

/** The first in line for a budget that has enough for it, in a state that is at rest; nobody wakes it. */
export function forgottenStart(state: RunState): string | undefined {
  if (state.control !== 'running' || state.agenda.opened.size > 0) return undefined
  for (const balance of balancesOf(state)) {
    const first = balance.held.tasks.slice(balance.held.head).find(isValid)
    if (first === undefined || !('execution' in first)) continue
    const reservation = reserve(state, first.execution)
    const isHeld = reservation.kind === 'held' && reservation.by === balance
    if (!isHeld) return formatAddress(stepScope(first.execution))
  }
  return undefined
}

function balancesOf({ balance, frames }: RunState): readonly Balance[] {
  const below = [...frames.values()].flatMap((frame) => [
    frame.balance,
    ...frame.steps.flatMap((step) => [step.balance, ...(step.map?.executions ?? []).map(balanceOf)]),
  ])
  return [balance, ...below.filter((one) => one !== undefined)]
}

function balanceOf({ balance }: Execution): Balance | undefined {
  return balance
}

/** What was overtaken stays in its line until somebody looks. */
function isValid(task: Task): boolean {
  if (task.kind === 'again') return task.execution.status === 'retrying'
  return task.kind === 'start' && task.execution.status === 'ready' && task.execution.start === task
}
