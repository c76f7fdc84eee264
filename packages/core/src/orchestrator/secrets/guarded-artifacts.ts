/**
 * My job: files that calls write, without secrets (fault 39).
 *
 * Invariants:
 * 1. A secret is found also where one part of it is appended after the other: its beginning is taken out again.
 * 2. Writes to a file happen in the order of the calls, under whichever of its names.
 * 3. Bytes stay as they are: nobody can say what they hold. What is appended to them is text again.
 */
import type { ArtifactStore, PutOptions } from '../../storage/artifact-store.ts'
import type { Secrets } from './secrets.ts'

/** The store itself, except that texts are written to it without secrets. One for all calls of a session. */
export function guardArtifacts(store: ArtifactStore, secrets: Secrets): ArtifactStore {
  const files = new Files(store, secrets)
  return {
    get: (path) => store.get(path),
    list: (prefix) => store.list(prefix),
    put: (path, content, options) =>
      secrets.redactor === undefined
        ? store.put(path, content, options)
        : files.put(secrets.text(path), content, secrets.copy({ ...options })),
    append: (path, content) =>
      secrets.redactor === undefined
        ? store.append(path, content)
        : files.append(secrets.text(path), content),
  }
}

/** The files that were written here, by all of their names. */
class Files {
  readonly #store: ArtifactStore
  readonly #secrets: Secrets
  readonly #byName = new Map<string, GuardedFile>()

  constructor(store: ArtifactStore, secrets: Secrets) {
    this.#store = store
    this.#secrets = secrets
  }

  append(path: string, content: string): Promise<void> {
    const file = this.#byName.get(path) ?? this.#open([path])
    return file.append(path, content)
  }

  /** What is put is another file, which takes its names from those that had them. */
  put(path: string, content: string | Uint8Array, options: PutOptions): Promise<void> {
    const file = this.#open(options.also === undefined ? [path] : [path, options.also])
    return file.put(path, content, options)
  }

  #open(names: readonly string[]): GuardedFile {
    const before = names.flatMap((name) => this.#byName.get(name)?.giveUp(name) ?? [])
    const file = new GuardedFile(this.#store, this.#secrets, { names, before })
    for (const name of names) this.#byName.set(name, file)
    return file
  }
}

interface Origin {
  readonly names: readonly string[]
  /** What is still being written under them. */
  readonly before: readonly Promise<unknown>[]
}

/** One file, of which it is known how it ends. */
class GuardedFile {
  readonly #store: ArtifactStore
  readonly #secrets: Secrets
  readonly #names: Set<string>
  /** Its end, as far as it may be the beginning of a secret; to be read when no text was written here. */
  #open: string | undefined
  #turn: Promise<unknown>

  constructor(store: ArtifactStore, secrets: Secrets, { names, before }: Origin) {
    this.#store = store
    this.#secrets = secrets
    this.#names = new Set(names)
    this.#turn = Promise.all(before)
  }

  /** Is called so no more; gives what is still to be written. */
  giveUp(name: string): Promise<unknown> {
    this.#names.delete(name)
    return this.#turn
  }

  put(path: string, content: string | Uint8Array, options: PutOptions): Promise<void> {
    return this.#inTurn(async () => {
      await this.#store.put(path, this.#secrets.copy(content), options)
      if (typeof content === 'string') this.#leaveOpen(content)
    })
  }

  append(path: string, content: string): Promise<void> {
    return this.#inTurn(async () => {
      const open = await this.#openEnd(path)
      const text = open + content
      const [first] = this.#secrets.redactor?.spansIn(text) ?? []
      if (first !== undefined && first.start < open.length) await this.#mend(path, open, text)
      else await this.#store.append(path, this.#secrets.text(content))
      this.#leaveOpen(text)
    })
  }

  /** A secret began in what is written: that end is taken back, under the other name too. */
  async #mend(path: string, open: string, text: string): Promise<void> {
    const written = (await this.#store.get(path)) ?? ''
    const end = this.#secrets.text(open)
    const kept = written.endsWith(end) ? written.slice(0, -end.length) : written
    const [also] = [...this.#names].filter((name) => name !== path)
    await this.#store.put(path, kept + this.#secrets.text(text), also === undefined ? {} : { also })
  }

  async #openEnd(path: string): Promise<string> {
    if (this.#open === undefined) this.#leaveOpen((await this.#store.get(path)) ?? '')
    return this.#open ?? ''
  }

  #leaveOpen(text: string): void {
    this.#open = text.slice(this.#secrets.redactor?.openEnd(text))
  }

  #inTurn(write: () => Promise<void>): Promise<void> {
    const turn = this.#turn.then(write)
    // What failed has failed for whoever wrote it, and its turn is over.
    this.#turn = turn.catch(() => {})
    return turn
  }
}
