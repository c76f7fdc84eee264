/** My job: to record the start of an attempt, or its failure before anything was called. */
import type { CallBudget } from '../../events/envelope.ts'
import type { StepStart } from '../../events/step-events.ts'
import type { JsonValue } from '../../flow/json.ts'
import { reserve } from '../../run/budget.ts'
import { contentKeyOf, digestInputs } from '../../run/content-key.ts'
import { failAtStart } from '../../run/decide-start.ts'
import { stepStart } from '../../run/drafts.ts'
import { definitionOf, type Execution, type RunState } from '../../run/state.ts'
import type { LoadedTexts } from '../outputs.ts'
import type { Session } from '../session.ts'
import type { ReleaseSlot } from '../slots.ts'

/** Characters, as JSON, of the items or the params that one event may carry (fault 22). */
export const EVENT_CHARACTERS = 4_194_304

/** What a start has got hold of. */
export interface Launch {
  readonly session: Session
  readonly execution: Execution
  readonly loaded: LoadedTexts
  readonly release: ReleaseSlot
  readonly queuedMs: number
  /** `iteration.attempt` at which the step stood when it was to start. */
  readonly place: string
}

/** What the start of an attempt records beside its scope. */
export interface StartFacts {
  readonly engine?: string | undefined
  readonly model?: string | undefined
  /** What references resolved to. */
  readonly inputs?: Readonly<Record<string, JsonValue>>
}

/** Records `step_start` and begins to measure. */
export function recordStart({ session, execution, queuedMs }: Launch, facts: StartFacts = {}): void {
  const { engine, model, inputs = {} } = facts
  const inputDigests = digestInputs(inputs)
  const contentKey = contentKeyOf(execution, { engine, model, inputDigests })
  const sessionDigest = execution.sessionKey === contentKey ? execution.session?.digest : undefined
  const reserved = reservedFor(session.state, execution)
  const start: StepStart = stepStart(execution, {
    contentKey,
    ...(engine === undefined ? {} : { engine }),
    ...(model === undefined ? {} : { model }),
    ...(inputDigests === undefined ? {} : { inputDigests }),
    ...(sessionDigest === undefined ? {} : { sessionDigest }),
    ...(reserved === undefined ? {} : { reserved }),
  })
  session.calls.started(execution, queuedMs)
  session.record(start)
}

/** What a call reserves: the decision to start it has found that there is enough. */
function reservedFor(state: RunState, execution: Execution): CallBudget | undefined {
  if (!state.isBudgeted || definitionOf(execution).kind !== 'agent') return undefined
  const reservation = reserve(state, execution)
  return reservation.kind === 'reserved' ? reservation.amount : undefined
}

/** Records a start and a failure: nothing was called. */
export function failLaunch({ session, execution, release }: Launch, code: string, message: string): void {
  release()
  for (const draft of failAtStart(execution, code, message)) session.record(draft)
}
