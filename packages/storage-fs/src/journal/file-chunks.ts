import { readSync } from 'node:fs'

const CHUNK_SIZE = 64 * 1024
const NOTHING = Buffer.alloc(0)

/** A stretch of a file. */
export interface FileRange {
  readonly from: number
  readonly to: number
}

/** Reads the first piece of a stretch; empty at the end of the stretch or of the file. */
export function readChunk(fd: number, { from, to }: FileRange): Buffer {
  if (to <= from) return NOTHING
  const buffer = Buffer.allocUnsafe(Math.min(CHUNK_SIZE, to - from))
  return buffer.subarray(0, readSync(fd, buffer, 0, buffer.length, from))
}

/** Reads a stretch piece by piece. */
export function* readChunks(fd: number, { from, to }: FileRange): Generator<Buffer> {
  for (let position = from; position < to; ) {
    const chunk = readChunk(fd, { from: position, to })
    if (chunk.length === 0) return
    position += chunk.length
    yield chunk
  }
}
