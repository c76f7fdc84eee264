/**
 * Makes a generator that can be left while somebody waits for its next value (rule S1). By itself one keeps
 * `return` and `throw` waiting behind a pending `next`, which may wait for people for days.
 */
export function leavable<T, Result>(
  read: (left: AbortSignal) => AsyncGenerator<T, Result, void>,
): AsyncGenerator<T, Result, void> {
  const left = new AbortController()
  const generator = read(left.signal)
  const end = generator.return.bind(generator)
  const fail = generator.throw.bind(generator)
  return Object.assign(generator, {
    return(value: Result | PromiseLike<Result>) {
      left.abort()
      return end(value)
    },
    throw(error: unknown) {
      left.abort()
      return fail(error)
    },
  })
}
