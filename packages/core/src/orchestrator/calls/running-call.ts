/** My job: one call while it runs: its signal, its timer, its slot. */
import type { StepScope } from '../../events/envelope.ts'
import { formatAddress } from '../../run/address.ts'
import type { Dimension } from '../../run/budget.ts'
import { idempotencyKeyOf, stepScope } from '../../run/drafts.ts'
import type { Execution } from '../../run/state.ts'
import type { ReleaseSlot } from '../slots.ts'
import type { CallTimer } from './call-timer.ts'
import { Complaints } from './complaints.ts'
import { addSpent, mostOf, NOTHING, type Spent, untoldIn } from './spent.ts'

const DONE = Promise.resolve()

/** The time that an aborted call has to clean up. */
export interface Grace {
  /** Resolves when it is over and the call was given up. */
  readonly over: Promise<void>
  /** The call has ended in time. */
  cancel(): void
}

/** One agent or function call. */
export class RunningCall {
  readonly execution: Execution
  /** One object for all events of the attempt. */
  readonly scope: StepScope
  readonly idempotencyKey: string
  /** Resolves when the call has ended. */
  done: Promise<void> = DONE
  /** There once the call was aborted. */
  grace: Grace | undefined
  isGivenUp = false
  timer: CallTimer | undefined
  release: ReleaseSlot
  /** Requests that it waits for. */
  waits = 0
  /** It has told that it took more than it may, and is about to be aborted. */
  isOverspent = false
  /** Whether its engine has said or done anything. */
  hasSpoken = false
  /** What passes before this one have left untold. */
  readonly untold = new Set<Dimension>()
  #told: Spent = NOTHING
  #spentBefore: Spent = NOTHING
  #passes = 0
  /** A signal costs more than all else of a short call: it is made when somebody asks for it. */
  #controller: AbortController | undefined
  #tools: Map<string, string> | undefined
  #complaints: Complaints | undefined
  #abortion: { readonly reason: unknown } | undefined
  #onAbort: (() => void) | undefined

  constructor(execution: Execution, release: ReleaseSlot) {
    this.execution = execution
    this.scope = stepScope(execution)
    this.idempotencyKey = idempotencyKeyOf(execution, execution.contentKey ?? '')
    this.release = release
  }

  /** What all its passes have used, whatever becomes of it. */
  get spent(): Spent {
    return addSpent(this.#spentBefore, this.#told)
  }

  /** What this pass of its engine has told so far of what it used. */
  get told(): Spent {
    return this.#told
  }

  /** Its engine tells what this pass has used. What was used is not given back: less than before is not believed. */
  tell(spent: Spent): void {
    this.#told = mostOf(this.#told, spent)
  }

  /** Its engine is called, for the first time or to repair its answer. */
  beginPass(): void {
    if (this.#passes > 0) for (const dimension of untoldIn(this.#told)) this.untold.add(dimension)
    this.#passes += 1
    this.#spentBefore = this.spent
    this.#told = NOTHING
  }

  /** The tools that it uses now, by the id of the tool call. */
  get tools(): Map<string, string> {
    this.#tools ??= new Map()
    return this.#tools
  }

  /** What is wrong with what it gives. */
  get complaints(): Complaints {
    this.#complaints ??= new Complaints(formatAddress(this.scope))
    return this.#complaints
  }

  /** It has used no tool and given nothing to complain about. */
  get isSpotless(): boolean {
    return this.#tools === undefined && this.#complaints === undefined
  }

  /** Resolves when the call has ended or was given up. */
  get left(): Promise<void> {
    return this.grace === undefined ? this.done : Promise.race([this.done, this.grace.over])
  }

  /** The signal that the engine or the function is given. */
  get signal(): AbortSignal {
    if (this.#controller === undefined) {
      this.#controller = new AbortController()
      if (this.#abortion !== undefined) this.#controller.abort(this.#abortion.reason)
    }
    return this.#controller.signal
  }

  /** Why the call was aborted, if it was. */
  get abortion(): { readonly reason: unknown } | undefined {
    return this.#abortion
  }

  /** Aborts the call; only the first reason counts, and no timeout is left to be one. */
  abort(reason: unknown): void {
    if (this.#abortion !== undefined) return
    this.#abortion = { reason }
    this.timer?.stop()
    this.#controller?.abort(reason)
    this.#onAbort?.()
  }

  /** Calls back when the call is aborted. */
  onAbort(listener: () => void): void {
    this.#onAbort = listener
  }
}
