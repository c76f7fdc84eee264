import { read, readSync } from 'node:fs'
import { promisify } from 'node:util'

const CHUNK_SIZE = 256 * 1024
const readAsync = promisify(read)

/** A stretch of a file. */
export interface FileRange {
  readonly from: number
  readonly to: number
}

/** Reads a stretch piece by piece. A piece is valid until the next is asked for. Ends where the file does. */
export async function* readChunks(fd: number, { from, to }: FileRange): AsyncGenerator<Buffer> {
  const buffer = Buffer.allocUnsafe(Math.min(CHUNK_SIZE, to - from))
  for (let position = from; position < to; ) {
    const length = Math.min(buffer.length, to - position)
    const { bytesRead } = await readAsync(fd, buffer, 0, length, position)
    if (bytesRead === 0) return
    position += bytesRead
    yield buffer.subarray(0, bytesRead)
  }
}

/** The same, while the process waits. */
export function* readChunksSync(fd: number, { from, to }: FileRange): Generator<Buffer> {
  const buffer = Buffer.allocUnsafe(Math.min(CHUNK_SIZE, to - from))
  for (let position = from; position < to; ) {
    const bytesRead = readSync(fd, buffer, 0, Math.min(buffer.length, to - position), position)
    if (bytesRead === 0) return
    position += bytesRead
    yield buffer.subarray(0, bytesRead)
  }
}
