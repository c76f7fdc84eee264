const RECORD_LIMIT = 65_536

/** Splits what git prints with `-z` into its records. A record over 64 kB is cut, so memory is bounded. */
export async function* splitRecords(chunks: AsyncIterable<Buffer>): AsyncGenerator<string, void, void> {
  let rest: Buffer = Buffer.alloc(0)
  for await (const chunk of chunks) {
    let start = 0
    for (let end = chunk.indexOf(0); end !== -1; end = chunk.indexOf(0, start)) {
      yield join(rest, chunk.subarray(start, end)).toString('utf8')
      rest = Buffer.alloc(0)
      start = end + 1
    }
    rest = join(rest, chunk.subarray(start))
  }
  if (rest.length > 0) yield rest.toString('utf8')
}

function join(head: Buffer, tail: Buffer): Buffer {
  if (head.length === 0) return tail.subarray(0, RECORD_LIMIT)
  return head.length >= RECORD_LIMIT ? head : Buffer.concat([head, tail]).subarray(0, RECORD_LIMIT)
}
