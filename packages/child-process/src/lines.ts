/** My job: the bytes of a stream as lines. */
import type { Readable } from 'node:stream'
import { EngineError } from '@batonjs/core'

/** How long a stream that outlives its program is read on. */
const HELD_MS = 250
/** How often it is looked at after that: what the program wrote, and a pipe still holds, is read by then. */
const LAST_LOOKS = 16
const NEWLINE = 0x0a
const RETURN = 0x0d

/** What lines are read under. */
export interface LineOptions {
  readonly maxLineBytes: number
  /** Settles when the program has exited: what it started may hold the stream open for ever. */
  readonly exited: Promise<unknown>
}

/** The lines of a stream. Bytes are collected and decoded once a line is whole: no character is torn. */
export async function* readLines(stream: Readable, options: LineOptions): AsyncGenerator<string, void, void> {
  let parts: Buffer[] = []
  let size = 0
  for await (const chunk of readChunks(stream, options.exited)) {
    let from = 0
    for (let at = chunk.indexOf(NEWLINE); at >= 0; at = chunk.indexOf(NEWLINE, from)) {
      yield toLine([...parts, chunk.subarray(from, at)])
      parts = []
      size = 0
      from = at + 1
    }
    const rest = chunk.subarray(from)
    if (rest.length > 0) parts.push(rest)
    size += rest.length
    if (size > options.maxLineBytes) throw tooLong(options.maxLineBytes)
  }
  if (parts.length > 0) yield toLine(parts)
}

function toLine(parts: readonly Buffer[]): string {
  const [only] = parts
  const bytes = parts.length === 1 && only !== undefined ? only : Buffer.concat(parts)
  return bytes.toString('utf8', 0, bytes.at(-1) === RETURN ? bytes.length - 1 : bytes.length)
}

function tooLong(maxLineBytes: number): EngineError {
  return new EngineError(`The program wrote a line of more than ${maxLineBytes} bytes`, {
    code: 'bad_output',
  })
}

/** The stream's chunks, one at a time: while nobody asks, nothing is read. */
async function* readChunks(stream: Readable, exited: Promise<unknown>): AsyncGenerator<Buffer, void, void> {
  const waiter = createWaiter(stream, exited)
  try {
    for (;;) {
      // Without an encoding a stream gives its bytes.
      const chunk = stream.read() as Buffer | null
      if (chunk !== null) yield chunk
      else if (stream.readableEnded || stream.destroyed || !(await waiter.news())) return
    }
  } finally {
    waiter.stop()
  }
}

interface Waiter {
  /** Resolves when there may be something to read or the stream is over; to false when nothing is to be expected. */
  news(): Promise<boolean>
  stop(): void
}

function createWaiter(stream: Readable, exited: Promise<unknown>): Waiter {
  const events = ['readable', 'end', 'close']
  let until = Number.POSITIVE_INFINITY
  let lastLooks = 0
  let tell: (() => void) | undefined
  const wake = (): void => tell?.()
  for (const event of events) stream.on(event, wake)
  void exited.then(() => {
    until = performance.now() + HELD_MS
    wake()
  })
  return {
    news: () =>
      new Promise((resolve) => {
        const leftMs = Math.max(0, until - performance.now())
        if (leftMs === 0) lastLooks += 1
        if (lastLooks > LAST_LOOKS) return resolve(false)
        // Timers come before what there is to read: of a process that was held up the stream is looked at once more.
        const giveUp = (): void => void setImmediate(() => resolve(false))
        const timer = Number.isFinite(leftMs) ? setTimeout(giveUp, leftMs) : undefined
        tell = () => {
          clearTimeout(timer)
          resolve(true)
        }
      }),
    stop() {
      for (const event of events) stream.off(event, wake)
      stream.destroy()
    },
  }
}
