/** My job: lines of a program, for as long as anybody wants them. */

/** The same lines; rejects with the reason of the signal once that is aborted, whatever the program does. */
export async function* linesUntil(
  signal: AbortSignal,
  lines: AsyncIterable<string>,
): AsyncGenerator<string, void, void> {
  const source = lines[Symbol.asyncIterator]()
  for (;;) {
    const { done, value } = await orAborted(signal, source.next())
    if (done === true) return
    yield value
  }
}

function orAborted<Value>(signal: AbortSignal, promise: Promise<Value>): Promise<Value> {
  return new Promise((resolve, reject) => {
    const abort = (): void => reject(signal.reason)
    if (signal.aborted) abort()
    signal.addEventListener('abort', abort, { once: true })
    promise.then(resolve, reject).finally(() => signal.removeEventListener('abort', abort))
  })
}
