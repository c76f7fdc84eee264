/** A line as it lies in a file, without its line break. Valid until the next one is asked for. */
export interface RawLine {
  readonly bytes: Buffer
  /** Of its first byte in the file. */
  readonly offset: number
}

const LINE_BREAK = '\n'.charCodeAt(0)

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

  /** The bytes that wait for the rest of their line. */
  get rest(): Buffer {
    return Buffer.concat(this.#pieces)
  }

  *push(chunk: Buffer): Generator<RawLine> {
    let start = 0
    for (let end = chunk.indexOf(LINE_BREAK); end >= 0; end = chunk.indexOf(LINE_BREAK, start)) {
      const bytes = this.#complete(chunk.subarray(start, end))
      const offset = this.#offset
      start = end + 1
      this.#offset += bytes.length + 1
      yield { bytes, offset }
    }
    if (start < chunk.length) this.#hold(chunk.subarray(start))
  }

  #complete(end: Buffer): Buffer {
    if (this.#held === 0) return end
    const bytes = Buffer.concat([...this.#pieces, end])
    this.#pieces = []
    this.#held = 0
    return bytes
  }

  /** Copies: the chunk's memory is used again. */
  #hold(piece: Buffer): void {
    this.#pieces.push(Buffer.from(piece))
    this.#held += piece.length
  }
}
