/** Where the values of a YAML source stand, by the object that holds them and their key in it. */

/** Where a value stands. */
export interface Origin {
  /** 1-based line. */
  readonly line: number
  /** How the source spells the key, where that is not how Baton does. */
  readonly name?: string
}

/** Remembers where each value of a source stands, also after it moved to another object. */
export class Origins {
  readonly #known = new WeakMap<object, Map<string, Origin>>()

  /** Where the value of a key stands, or `undefined` when it is from no source. */
  find(holder: object, key: string | number): Origin | undefined {
    return this.#known.get(holder)?.get(String(key))
  }

  /** Gives a list the origins of the one it was made from, member by member. */
  inherit<List extends readonly unknown[]>(list: List, from: readonly unknown[]): List {
    const keys = this.#known.get(from)
    if (keys !== undefined) this.#known.set(list, keys)
    return list
  }

  /** Remembers one value. */
  note(holder: object, key: string | number, origin: Origin): void {
    const keys = this.#known.get(holder)
    if (keys === undefined) this.#known.set(holder, new Map([[String(key), origin]]))
    else keys.set(String(key), origin)
  }
}
