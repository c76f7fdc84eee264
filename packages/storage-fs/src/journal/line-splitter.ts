/** A line without its line break, and where its first byte lies in the file. */
export interface RawLine {
  readonly text: string
  readonly offset: number
}

/** The byte that ends a line. */
export const LINE_BREAK = '\n'.charCodeAt(0)

/** Cuts chunks into lines, and keeps what follows the last line break until the rest comes. */
export class LineSplitter {
  #offset: number
  #pieces: Buffer[] = []
  #held = 0

  /** @param offset where the first chunk lies in the file; a line begins there */
  constructor(offset: number) {
    this.#offset = offset
  }

  /** Where the next line begins: all before it was given out. */
  get offset(): number {
    return this.#offset
  }

  /** How many bytes wait for the rest of their line. */
  get held(): number {
    return this.#held
  }

  /** The bytes that wait for the rest of their line, as text. */
  get rest(): string {
    return Buffer.concat(this.#pieces).toString()
  }

  /** The lines that end in this chunk, cut off one by one. Take them all before the next chunk. */
  *push(chunk: Buffer): Generator<RawLine, void> {
    const end = chunk.lastIndexOf(LINE_BREAK)
    const rest = chunk.subarray(end + 1)
    if (end >= 0) yield* this.#cut(this.#join(chunk.subarray(0, end + 1)))
    if (rest.length > 0) this.#pieces.push(rest)
    this.#held += rest.length
  }

  #join(ending: Buffer): Buffer {
    if (this.#held === 0) return ending
    const whole = Buffer.concat([...this.#pieces, ending])
    this.#pieces = []
    this.#held = 0
    return whole
  }

  /** Decodes all lines in one go, which is much cheaper than one by one. */
  *#cut(lines: Buffer): Generator<RawLine, void> {
    const all = lines.toString()
    const isAscii = all.length === lines.length
    for (let start = 0, end = all.indexOf('\n'); end >= 0; start = end + 1, end = all.indexOf('\n', start)) {
      const text = all.slice(start, end)
      const offset = this.#offset
      this.#offset += 1 + (isAscii ? text.length : Buffer.byteLength(text))
      yield { text, offset }
    }
  }
}
