/** Every so many lines one place is kept: memory stays small, and a read skips fewer lines than this. */
const STRIDE = 256

/** Where a line begins. */
export interface LinePlace {
  readonly seq: number
  readonly offset: number
}

/** Remembers where lines begin, so that reading from a `seq` costs what is read, not what lies before it. */
export class SeqIndex {
  /** The offset of line `STRIDE * n + 1` at `n`. */
  readonly #offsets: number[] = [0]

  /** Notes where a line begins. Lines that were noted before, or come out of turn, change nothing. */
  note(seq: number, offset: number): void {
    if (seq === this.#offsets.length * STRIDE + 1) this.#offsets.push(offset)
  }

  /** The nearest place at or before a line. */
  find(seq: number): LinePlace {
    const slot = Math.min(Math.floor((seq - 1) / STRIDE), this.#offsets.length - 1)
    return { seq: slot * STRIDE + 1, offset: this.#offsets[slot] ?? 0 }
  }
}

const KEPT_INDEXES = 64

/** The indexes of the journals that were read last. */
export class IndexCache {
  readonly #indexes = new Map<string, SeqIndex>()

  /** The index of a journal, by what changes when its lines may have moved. */
  get(key: string): SeqIndex {
    const index = this.#indexes.get(key) ?? new SeqIndex()
    this.#indexes.delete(key)
    this.#indexes.set(key, index)
    const [oldest] = this.#indexes.keys()
    if (this.#indexes.size > KEPT_INDEXES && oldest !== undefined) this.#indexes.delete(oldest)
    return index
  }
}
