/** My job: an object that is made when somebody first looks at it. Most function steps look at little or nothing. */

interface Lazy<T extends object> {
  readonly make: () => T
  made: T | undefined
}

/** An object that behaves as what `make` gives; `make` is called once, at the first look. */
export function lazyObject<T extends object>(make: () => T): T {
  const lazy: Lazy<T> = { make, made: undefined }
  // To whoever holds it the proxy is the object that `make` gives: every trap below goes through to it.
  return new Proxy(lazy, handler) as unknown as T
}

function made<T extends object>(lazy: Lazy<T>): T {
  lazy.made ??= lazy.make()
  return lazy.made
}

const handler: ProxyHandler<Lazy<object>> = {
  get: (lazy, key) => Reflect.get(made(lazy), key),
  has: (lazy, key) => Reflect.has(made(lazy), key),
  ownKeys: (lazy) => Reflect.ownKeys(made(lazy)),
  getOwnPropertyDescriptor(lazy, key) {
    const found = Reflect.getOwnPropertyDescriptor(made(lazy), key)
    return found === undefined ? undefined : { ...found, configurable: true }
  },
  set: () => false,
}
