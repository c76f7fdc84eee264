/** Random flows that the linter lets through: a root flow, and two that it runs as children. */

import { FlowError } from '../../src/errors/swarm-error.ts'
import { defineFlow } from '../../src/flow/define-flow.ts'
import type { TriggerRule } from '../../src/flow/definition.ts'
import type { Flow, StepFunction, StepInput } from '../../src/flow/flow.ts'
import type { Routing } from '../../src/flow/routing.ts'
import { createDice, type Dice } from './dice.ts'

/** The code of every function step. */
export type MakeFunction = (flowKey: string, stepId: string) => StepFunction

const LEVELS = ['grandchild', 'child', 'root'] as const
const TRIES = 100

/** Three flows for a seed; `undefined` when the linter refused every draw. */
export function drawFlows(seed: number, make: MakeFunction): readonly Flow[] | undefined {
  const dice = createDice(seed)
  const flows: Flow[] = []
  for (const [depth, key] of LEVELS.entries()) {
    const flow = drawOne(dice, { key, child: LEVELS[depth - 1], make })
    if (flow === undefined) return undefined
    flows.push(flow)
  }
  return flows
}

interface Plan {
  readonly key: string
  readonly child: string | undefined
  readonly make: MakeFunction
}

function drawOne(dice: Dice, plan: Plan): Flow | undefined {
  for (let tries = 0; tries < TRIES; tries += 1) {
    try {
      return defineFlow({ key: plan.key, steps: drawSteps(dice, plan) })
    } catch (error) {
      if (!FlowError.is(error) || error.code !== 'flow_invalid') throw error
    }
  }
  return undefined
}

function drawSteps(dice: Dice, plan: Plan): readonly StepInput[] {
  const count = 2 + dice.below(8)
  const isGraph = dice.chance(0.6)
  return Array.from({ length: count }, (_, index) => ({
    ...drawKind(dice, plan, index),
    ...(isGraph && index > 0 ? drawNeeds(dice, index) : {}),
    ...drawRouting(dice, { index, count, isGraph }),
    ...(index > 0 && dice.chance(0.15) ? { when: `steps.s${index - 1}.status == "succeeded"` } : {}),
    ...(dice.chance(0.1) ? { allowFailure: true } : {}),
  }))
}

function drawKind(dice: Dice, { key, child, make }: Plan, index: number): StepInput {
  const id = `s${index}`
  const retry = { delayMs: 1, maxDelayMs: 2 }
  const kind = dice.below(100)
  if (kind < 10 && index > 0) {
    return {
      id,
      kind: 'map',
      items: dice.chance(0.7) ? `$s${dice.below(index)}.output?` : '["x", "y", "z"]',
      itemKey: '$index',
      itemRule: dice.pick(['all_success', 'all_done', 'one_success']),
      ...(dice.chance(0.5) ? { concurrency: 1 + dice.below(2) } : {}),
      step: { kind: 'function', retry, run: make(key, id) },
    }
  }
  if (kind < 17 && child !== undefined) return { id, kind: 'flow', flow: child }
  if (kind < 24) {
    const onReject = dice.chance(0.3) ? { onReject: dice.pick<'skip' | 'fail'>(['skip', 'fail']) } : {}
    return { id, kind: 'approval', prompt: `Go on with ${id}?`, ...onReject }
  }
  return { id, kind: 'function', retry, run: make(key, id) }
}

function drawNeeds(dice: Dice, index: number): Pick<StepInput, 'needs' | 'triggerRule' | 'losers'> {
  const needs = new Set(Array.from({ length: 1 + dice.below(3) }, () => `s${dice.below(index)}`))
  if (dice.chance(0.6)) return { needs: [...needs] }
  const triggerRule = dice.pick<TriggerRule>(['none_failed', 'all_done', 'one_success'])
  const losers = triggerRule === 'one_success' && dice.chance(0.4) ? { losers: 'cancel' as const } : {}
  return { needs: [...needs], triggerRule, ...losers }
}

interface Place {
  readonly index: number
  readonly count: number
  readonly isGraph: boolean
}

function drawRouting(dice: Dice, { index, count, isGraph }: Place): { readonly routing?: Routing } {
  const later = (): string => `s${index + 1 + dice.below(count - index - 1)}`
  const isLast = index === count - 1
  const maxIterations = 1 + dice.below(2)
  if (index > 0 && dice.chance(0.3)) {
    const loopTarget = `s${index - dice.below(Math.min(index, 4) + 1)}`
    const next = isGraph && !isLast && dice.chance(0.5) ? { next: later() } : {}
    return { routing: { kind: 'microloop', loopTarget, maxIterations, ...next } }
  }
  if (!isLast && dice.chance(0.2)) {
    const cases = [
      { value: 'VERIFIED', next: `s${dice.below(count)}` },
      { value: 'BLOCKED', next: `s${index + 1}` },
    ]
    return {
      routing: { kind: 'branch', cases, maxIterations, ...(dice.chance(0.7) ? { default: later() } : {}) },
    }
  }
  return dice.chance(0.04) ? { routing: { kind: 'terminal' } } : {}
}

/** Whether the order in which steps end may change what becomes of them. */
export function isOrderFree(flows: readonly Flow[]): boolean {
  return !flows.some((flow) => flow.steps.some(isRacy))
}

/** It takes what is there first, or looks at a step that may still run beside it. */
function isRacy(step: Flow['steps'][number]): boolean {
  const { triggerRule, when, routing, needs } = step
  const looksAside = step.kind === 'map' && step.items.startsWith('$') && needs !== undefined
  return triggerRule === 'one_success' || when !== undefined || routing?.kind === 'terminal' || looksAside
}
