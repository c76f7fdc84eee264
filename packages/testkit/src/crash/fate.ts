import { StorageError } from '@batonjs/core'

/**
 * How a storage breaks at a write. `kill_before`: the process is gone before the write takes effect.
 * `kill_after`: it is gone between the effect and the word of it. `fail_before`: the write fails, as
 * on a full disk. `fail_after`: the write takes effect and still fails, as when the word of it is lost.
 */
export type CrashMode = 'kill_before' | 'kill_after' | 'fail_before' | 'fail_after'

/** When and how a storage breaks. */
export interface CrashPlan {
  /** The write at which it happens, counted from 1; left out, it never does. */
  readonly at?: number
  /** @default 'kill_before' */
  readonly mode?: CrashMode
  /** Which writes count: those of the journal (creations and appends), or inputs and files too. @default 'all' */
  readonly writes?: 'journal' | 'all'
  /** What a call gets that is made after the process was killed: nothing, or the error `crashed`. @default 'hang' */
  readonly afterDeath?: 'hang' | 'reject'
}

/** What a plan has in store for the calls of one storage. */
export class Fate {
  /** Settles when everything that was under way at death has ended. */
  readonly quiet: Promise<void>
  readonly #plan: CrashPlan
  readonly #killer = new AbortController()
  readonly #underWay = new Set<Promise<unknown>>()
  #writes = 0

  constructor(plan: CrashPlan) {
    this.#plan = plan
    this.quiet = new Promise((resolve) => {
      this.death.addEventListener('abort', () => Promise.allSettled(this.#underWay).then(() => resolve()))
    })
  }

  /** Aborts when the process is killed. */
  get death(): AbortSignal {
    return this.#killer.signal
  }

  get writes(): number {
    return this.#writes
  }

  /** Whether the planned write was reached. */
  get struck(): boolean {
    return this.#writes >= (this.#plan.at ?? Number.POSITIVE_INFINITY)
  }

  /** Lets a write happen, or what the plan says. */
  async write<T>(kind: 'journal' | 'other', act: () => Promise<T>): Promise<T> {
    if (this.death.aborted) return this.gone()
    const counts = kind === 'journal' || this.#plan.writes !== 'journal'
    if (counts) this.#writes++
    return counts && this.#writes === this.#plan.at ? this.#strike(act) : this.live(act)
  }

  /** Lets something else happen that a dead process cannot do. */
  async live<T>(act: () => Promise<T>): Promise<T> {
    if (this.death.aborted) return this.gone()
    const settling = Promise.allSettled([act()])
    this.#underWay.add(settling)
    const [outcome] = await settling
    this.#underWay.delete(settling)
    if (this.death.aborted) return this.gone()
    if (outcome.status === 'rejected') throw outcome.reason
    return outcome.value
  }

  /** What a dead process gets. */
  gone(): Promise<never> {
    return this.#plan.afterDeath === 'reject' ? Promise.reject(crashed()) : new Promise(() => {})
  }

  async #strike(act: () => Promise<unknown>): Promise<never> {
    const { mode = 'kill_before' } = this.#plan
    if (mode === 'fail_before') throw failed('nothing was written')
    if (mode !== 'kill_before') await act()
    if (mode === 'fail_after') throw failed('it was written, but that is not known')
    this.#killer.abort(crashed())
    return this.gone()
  }
}

function crashed(): StorageError {
  return new StorageError('The process was killed by the crash kit', { code: 'crashed' })
}

function failed(what: string): StorageError {
  return new StorageError(`The crash kit lets a write fail: ${what}`, {
    code: 'storage_failed',
    retryable: true,
  })
}
