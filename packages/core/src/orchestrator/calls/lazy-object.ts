/** My job: an object that is made when somebody first looks at it. Most function steps look at little or nothing. */

/** How Node shows an object; it looks through a proxy, at what lies behind. */
const INSPECT = Symbol.for('nodejs.util.inspect.custom')

class Lazy<T extends object> {
  readonly #make: () => T
  #made: T | undefined

  constructor(make: () => T) {
    this.#make = make
  }

  get made(): T {
    this.#made ??= this.#make()
    return this.#made
  }

  /** Node calls it on the proxy. */
  [INSPECT](): object {
    return { ...this }
  }
}

/** An object that behaves as what `make` gives; `make` is called once, at the first look. */
export function lazyObject<T extends object>(make: () => T): T {
  // To whoever holds it the proxy is the object that `make` gives: every trap below goes through to it.
  return new Proxy(new Lazy(make), handler) as unknown as T
}

const handler: ProxyHandler<Lazy<object>> = {
  get: ({ made }, key) => Reflect.get(made, key),
  set: ({ made }, key, value) => Reflect.set(made, key, value),
  has: ({ made }, key) => Reflect.has(made, key),
  ownKeys: ({ made }) => Reflect.ownKeys(made),
  getPrototypeOf: ({ made }) => Reflect.getPrototypeOf(made),
  getOwnPropertyDescriptor({ made }, key) {
    const found = Reflect.getOwnPropertyDescriptor(made, key)
    return found === undefined ? undefined : { ...found, configurable: true }
  },
}
