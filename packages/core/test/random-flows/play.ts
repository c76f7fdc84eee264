/** What steps do and people answer in a random run: it depends on the address alone, never on the order. */
import { SwarmError } from '../../src/errors/swarm-error.ts'
import type { StepFunction } from '../../src/flow/flow.ts'
import type { RequestHandler } from '../../src/orchestrator/options.ts'
import { createDice, type Dice, hash } from './dice.ts'

/** Lets others go first, as often as the order that was drawn says. */
export interface Order {
  dice: Dice
}

/** The code of a step: it fails, fails once, gives a verdict, and gives a list or an object. */
export function createPlayer(seed: number, order: Order): (flowKey: string, stepId: string) => StepFunction {
  return (flowKey, stepId) => async (context) => {
    const { item = '', iteration, attempt } = context
    const dice = createDice(hash(`${seed}/${flowKey}/${stepId}/${item}/${iteration}`))
    for (let turns = order.dice.below(5); turns > 0; turns -= 1) await pause(order.dice.chance(0.5))
    if (dice.chance(0.06)) throw new SwarmError('It fails', { code: 'drawn_failure' })
    if (dice.chance(0.05) && attempt === 1)
      throw new SwarmError('Not now', { code: 'drawn_retry', retryable: true })
    const verdict = dice.pick(['VERIFIED', 'UNVERIFIED', 'UNVERIFIED', 'BLOCKED', 'PARTIAL'])
    context.handoff({ verdict, ...(dice.chance(0.1) ? { canFurtherIterationHelp: false } : {}) })
    return dice.chance(0.3) ? [dice.below(5), 'x', 'y'] : { value: dice.below(3), iteration }
  }
}

function pause(isShort: boolean): Promise<void> {
  return isShort ? Promise.resolve() : new Promise((resolve) => setImmediate(resolve))
}

/** People reject every fourth request. */
export function createPeople(seed: number): RequestHandler {
  return ({ step, content }) => {
    const isRejected = hash(`${seed}/${step}/${content.iteration}`) % 4 === 0
    return { answer: { approved: !isRejected }, by: 'somebody' }
  }
}
