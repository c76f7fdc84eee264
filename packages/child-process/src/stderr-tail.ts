import type { Readable } from 'node:stream'

const LIMIT = 64 * 1024
/** How long to wait for the rest when something that the program started holds stderr open. */
const HELD_MS = 100

/** Keeps the end of what a program says on stderr. */
export interface StderrTail {
  /** All that came, once no more does. */
  whole(): Promise<string>
}

/** Reads all of it, so that the program is never held up, and keeps the last 64 kB. */
export function createStderrTail(stream: Readable): StderrTail {
  let parts: Buffer[] = []
  let size = 0
  const closed = new Promise<void>((resolve) => stream.once('close', resolve))
  stream.on('data', (chunk: Buffer) => {
    parts.push(chunk)
    size += chunk.length
    if (size > 2 * LIMIT) {
      parts = [lastBytes(parts)]
      size = LIMIT
    }
  })
  return {
    async whole() {
      let timer: NodeJS.Timeout | undefined
      const held = new Promise<void>((resolve) => {
        // Timers come before what there is to read: of a process that was held up it is read first.
        timer = setTimeout(() => setImmediate(resolve), HELD_MS)
      })
      await Promise.race([closed, held])
      clearTimeout(timer)
      return lastBytes(parts).toString('utf8')
    },
  }
}

function lastBytes(parts: readonly Buffer[]): Buffer {
  const bytes = Buffer.concat(parts)
  if (bytes.length <= LIMIT) return bytes
  let from = bytes.length - LIMIT
  // Not in the middle of a character.
  while (((bytes[from] ?? 0) & 0xc0) === 0x80) from += 1
  return bytes.subarray(from)
}
