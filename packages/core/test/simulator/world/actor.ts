/**
 * What engines and function steps do when they are called: they play the behaviour of their step, whatever
 * it is. All that they give follows from the scenario, the address and what they read, never from the order
 * in which things happen.
 */
import type { ExecutionContext } from '../../../src/engine/context.ts'
import type { Handoff } from '../../../src/events/envelope.ts'
import type { JsonObject, JsonValue } from '../../../src/flow/json.ts'
import { hashText } from '../random.ts'
import { type Ask, type Behaviour, behaviourKey, type Scenario, type Trouble } from '../scenario.ts'
import type { CallBook, OngoingCall } from './calls.ts'
import type { Process, World } from './world.ts'

/** Where actors play. */
export interface Stage {
  readonly world: World
  readonly process: Process
  readonly scenario: Scenario
  readonly book: CallBook
}

/** What an actor gives. */
export interface Gift {
  readonly text?: string
  readonly data?: JsonValue
  readonly handoff?: Handoff
}

/** What is thrown by an actor that was told to stop. */
export class Aborted extends Error {}

/** The behaviour of a call. */
export function behaviourOf({ scenario }: Stage, { flowKey, stepId }: ExecutionContext): Behaviour {
  const behaviour = scenario.behaviours[behaviourKey(flowKey, stepId)]
  if (behaviour === undefined) throw new Error(`Nothing says how ${flowKey}/${stepId} behaves`)
  return behaviour
}

/** Waits until it is its turn; throws when it is told to stop before. */
export function takeTurn(
  { world, process }: Stage,
  context: ExecutionContext,
  heedsAbort = true,
): Promise<void> {
  const { signal, idempotencyKey, attempt } = context
  return new Promise((resolve, reject) => {
    if (heedsAbort && signal.aborted) return reject(new Aborted('told to stop'))
    const takeBack = world.offer(process, `${idempotencyKey}.${attempt} goes on`, () => {
      signal.removeEventListener('abort', onAbort)
      resolve()
    })
    const onAbort = (): void => {
      takeBack()
      reject(new Aborted('told to stop'))
    }
    if (heedsAbort) signal.addEventListener('abort', onAbort, { once: true })
  })
}

/** The trouble that spoils this attempt, if one does. */
export function troubleOf({ trouble }: Behaviour, context: ExecutionContext): Trouble['how'] | undefined {
  if (trouble === undefined) return undefined
  const { attempt, iteration, item } = context
  if (trouble.times !== 'always' && attempt > trouble.times) return undefined
  if (trouble.until !== undefined && iteration > trouble.until) return undefined
  const isSpared = item !== undefined && trouble.items === 'some' && hashText(item) % 2 === 0
  return isSpared ? undefined : trouble.how
}

/** Hangs: until it is told to stop, or, deaf to that, until somebody lets it go on much later. */
export async function hang(stage: Stage, context: ExecutionContext, heedsAbort: boolean): Promise<never> {
  await new Promise<void>((resolve) => {
    if (context.signal.aborted) resolve()
    context.signal.addEventListener('abort', () => resolve(), { once: true })
  })
  if (!heedsAbort) await takeTurn(stage, context, false)
  throw new Aborted('told to stop')
}

/** How a call asks. */
export interface Asking {
  readonly call: OngoingCall
  /** Uses an approval up. */
  readonly act?: (requestId: string, index: number) => void
}

/** Asks people what the behaviour says, and gives their answers. */
export async function askPeople(
  behaviour: Behaviour,
  context: ExecutionContext,
  { call, act }: Asking,
): Promise<readonly JsonValue[]> {
  const answers: JsonValue[] = []
  for (const [index, ask] of behaviour.asks.entries()) {
    if (ask.kind === 'ask') {
      const { q = null } = await call.away(question(context, ask, index))
      answers.push(q)
      continue
    }
    const { approved, requestId } = await call.away(approve(context, ask, index))
    if (approved && ask.acts) act?.(requestId, index)
    answers.push(approved)
  }
  return answers
}

function approve(
  context: ExecutionContext,
  ask: Ask,
  index: number,
): ReturnType<ExecutionContext['approve']> {
  const onDeadline = ask.onDeadline ? { onDeadline: 'approve' as const } : {}
  return context.approve({ name: `ask-${index}` }, { ...termsOf(ask), ...onDeadline })
}

function question(context: ExecutionContext, ask: Ask, index: number): Promise<JsonObject> {
  const onDeadline = ask.onDeadline ? { onDeadline: { q: 'default' } } : {}
  return context.ask([{ id: 'q', text: 'Which?' }], {
    ...termsOf(ask),
    ...onDeadline,
    reason: `ask-${index}`,
  })
}

function termsOf({ deadlineMs }: Ask): { readonly deadlineMs?: number } {
  return deadlineMs === undefined ? {} : { deadlineMs }
}

/** What the call gives, when nothing is wrong with it. */
export function giftOf(behaviour: Behaviour, context: ExecutionContext, read: JsonValue): Gift {
  const { stepId, item, iteration, params } = context
  const variant = behaviour.changes ? iteration : 0
  const verdict = behaviour.verdicts[Math.min(iteration, behaviour.verdicts.length) - 1] ?? undefined
  const name = `${stepId}${item === undefined ? '' : `[${item}]`}.${variant}`
  const seen = hashText(JSON.stringify([read, params.tag ?? null])) % 100_000
  const helpless = behaviour.helplessFrom !== undefined && iteration >= behaviour.helplessFrom
  const handoff: Handoff = {
    ...(verdict === undefined ? {} : { verdict }),
    ...(helpless ? { canFurtherIterationHelp: false } : {}),
  }
  switch (behaviour.gives) {
    case 'words':
      return { text: `${name} saw ${seen}`, handoff }
    case 'data':
      return { data: { name, n: variant, kind: (verdict ?? 'none').toLowerCase(), seen }, handoff }
    case 'list':
      return { data: behaviour.list, handoff }
    case 'long':
      return { text: `${name} saw ${seen} ${'.'.repeat(17_000)}`, handoff }
    case 'nothing':
      return { handoff }
  }
}
