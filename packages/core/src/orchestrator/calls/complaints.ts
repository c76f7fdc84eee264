/** My job: what is wrong with what an engine gives, each kind told once in a call, with how often it was. */
import type { EventDraft } from '../../events/swarm-event.ts'
import type { InputProblem } from '../../input/problems.ts'
import { clip } from '../../prompt/tags.ts'

/** Kinds that are told apart; whoever does more wrong is told of the rest together. */
const KINDS = 20
/** Of what it says: a name that it gave may be without end (fault 22). */
const MESSAGE_CHARACTERS = 1_000
const PATH_CHARACTERS = 200

interface Kind {
  readonly code: string
  readonly message: string
  isTold: boolean
  count: number
}

/** The complaints of one call. */
export class Complaints {
  readonly #address: string
  readonly #kinds = new Map<string, Kind>()

  constructor(address: string) {
    this.#address = address
  }

  /** Takes a complaint in; gives the diagnostic of the first of its kind, to be recorded now. */
  tellFirst(code: string, problem: InputProblem): EventDraft | undefined {
    const kind = this.#note(code, problem)
    if (kind.isTold) return undefined
    kind.isTold = true
    return this.#draft(kind.code, kind.message)
  }

  /** Takes a complaint in that is to be recorded when the call ends. */
  tellLater(code: string, problem: InputProblem): void {
    this.#note(code, problem)
  }

  /** What is left to be said when the call ends. */
  rest(): readonly EventDraft[] {
    return [...this.#kinds.values()].flatMap(({ code, message, isTold, count }) => {
      if (!isTold) return [this.#draft(code, count === 1 ? message : `${message} (${count} times)`)]
      return count === 1 ? [] : [this.#draft(code, `${count - 1} more of this kind: ${message}`)]
    })
  }

  #note(code: string, { path, message }: InputProblem): Kind {
    const own = `${code} ${path.slice(0, PATH_CHARACTERS).replace(/\d+/g, '')}`
    const name = this.#kinds.has(own) || this.#kinds.size < KINDS ? own : 'others'
    const kind = this.#kinds.get(name) ?? {
      code,
      message: clip(message, MESSAGE_CHARACTERS),
      isTold: false,
      count: 0,
    }
    kind.count += 1
    this.#kinds.set(name, kind)
    return kind
  }

  #draft(code: string, message: string): EventDraft {
    return { type: 'diagnostic', code, message, address: this.#address }
  }
}
