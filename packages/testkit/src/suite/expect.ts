/** Assertions that need no test runner: each throws an `Error` that says what was found. */

/** Fails with the message. */
export function fail(message: string): never {
  throw new Error(message)
}

/** Fails unless the condition holds. */
export function expectThat(condition: boolean, message: string): asserts condition {
  if (!condition) fail(message)
}

/** Fails unless both are equal as data. */
export function expectEqual(actual: unknown, expected: unknown, what: string): void {
  const found = difference(actual, expected, '')
  if (found !== undefined) fail(`${what}: ${found}`)
}

/** Fails unless the promise rejects; gives what it rejected with. */
export async function expectRejects(promise: Promise<unknown>, what: string): Promise<unknown> {
  const [outcome] = await Promise.allSettled([promise])
  return outcome.status === 'rejected' ? outcome.reason : fail(`${what} succeeds, but has to fail`)
}

/** Fails unless the promise settles in time, and then is as the promise. */
export async function within<T>(ms: number, promise: Promise<T>, what: string): Promise<T> {
  let timer: ReturnType<typeof setTimeout> | undefined
  const late = new Promise<never>((_, reject) => {
    timer = setTimeout(() => reject(new Error(`${what} does not settle within ${ms} ms`)), ms)
  })
  try {
    return await Promise.race([promise, late])
  } finally {
    clearTimeout(timer)
  }
}

/** The first place where two values differ as data, or `undefined`. */
export function difference(actual: unknown, expected: unknown, path = ''): string | undefined {
  if (Object.is(actual, expected)) return undefined
  if (!isObject(actual) || !isObject(expected) || Array.isArray(actual) !== Array.isArray(expected)) {
    return `${path || 'the value'} is ${show(actual)} instead of ${show(expected)}`
  }
  const keys = new Set([...Object.keys(actual), ...Object.keys(expected)])
  for (const key of keys) {
    if (!Object.hasOwn(actual, key)) return `${path}.${key} is missing`
    if (!Object.hasOwn(expected, key))
      return `${path}.${key} is ${show(Reflect.get(actual, key))} instead of missing`
    const found = difference(Reflect.get(actual, key), Reflect.get(expected, key), `${path}.${key}`)
    if (found !== undefined) return found
  }
  return undefined
}

function isObject(value: unknown): value is object {
  return typeof value === 'object' && value !== null
}

function show(value: unknown): string {
  const text = isObject(value) ? JSON.stringify(value) : String(value)
  return text.length <= 200 ? text : `${text.slice(0, 200)}…`
}
