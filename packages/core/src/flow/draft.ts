import { type Holder, isHolder } from '../input/value.ts'
import type { Origin, Origins } from './origin.ts'

/** A value and where it stands. */
export interface Member {
  readonly value: unknown
  readonly origin: Origin | undefined
}

/** An object of a source while it is rewritten: members move and keep their lines. */
export class Draft {
  readonly #members: Map<string, Member>
  readonly #origins: Origins

  constructor(holder: Holder, origins: Origins) {
    this.#origins = origins
    this.#members = new Map(
      Object.entries(holder).map(([key, value]) => [key, { value, origin: origins.find(holder, key) }]),
    )
  }

  /** The value of a key. */
  get(key: string): unknown {
    return this.#members.get(key)?.value
  }

  /** Takes a member away; it is told under the name that the source gives it. */
  take(key: string): Member | undefined {
    const member = this.#members.get(key)
    this.#members.delete(key)
    if (member?.origin === undefined) return member
    return { value: member.value, origin: { line: member.origin.line, name: member.origin.name ?? key } }
  }

  /** Sets a member. */
  put(key: string, value: unknown, origin: Origin | undefined): void {
    this.#members.set(key, { value, origin })
  }

  /** Moves a member to another key, through a function. One that is taken already is left for the reader to refuse. */
  move(from: string, to: string, change: (value: unknown) => unknown = (value) => value): void {
    if (!this.#members.has(from) || (from !== to && this.#members.has(to))) return
    const member = this.take(from)
    if (member !== undefined) this.put(to, change(member.value), member.origin)
  }

  /** Moves members into the object under another key, each under a name of its own there. */
  gather(names: Readonly<Record<string, string>>, into: string): void {
    for (const [key, name] of Object.entries(names)) {
      const holder = this.get(into) ?? {}
      if (!this.#members.has(key) || !isHolder(holder)) continue
      const member = this.take(key)
      this.put(into, { [name]: member?.value, ...holder }, this.#members.get(into)?.origin ?? member?.origin)
    }
  }

  /** The object as it is now. */
  toObject(): Holder {
    const object = Object.fromEntries([...this.#members].map(([key, { value }]) => [key, value]))
    for (const [key, { origin }] of this.#members)
      if (origin !== undefined) this.#origins.note(object, key, origin)
    return object
  }
}
