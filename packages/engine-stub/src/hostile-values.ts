/** An object whose named members throw when they are read. */
export function withGetters(...names: readonly string[]): object {
  const target = {}
  for (const name of names) Object.defineProperty(target, name, { enumerable: true, get: () => fail(name) })
  return target
}

/** An object that throws whatever is done to it. */
export function revokedProxy(): object {
  const { proxy, revoke } = Proxy.revocable({}, {})
  revoke()
  return proxy
}

/** An object that holds itself. */
export function cyclic(): object {
  const one: Record<string, unknown> = {}
  one.self = one
  return one
}

/** Arrays in arrays, deeper than JSON can go. */
export function nested(levels: number): unknown {
  let value: unknown = []
  for (let level = 0; level < levels; level++) value = [value]
  return value
}

/** Throws, where an expression is needed. */
export function fail(what: unknown): never {
  throw new Error(`hostile: ${String(what)}`)
}
