/**
 * My job: files that calls write, without secrets (fault 39).
 *
 * Invariants:
 * 1. A secret is found also where one part of it is appended after the other: its beginning is taken out again.
 * 2. Writes to a file happen in the order of the calls.
 * 3. Bytes that are no text stay as they are: nobody can say what they hold.
 */
import type { ArtifactStore } from '../../storage/artifact-store.ts'
import type { Secrets } from './secrets.ts'

/** The store itself, except that texts are written to it without secrets. One for all calls of a session. */
export function guardArtifacts(store: ArtifactStore, secrets: Secrets): ArtifactStore {
  const files = new Map<string, GuardedFile>()
  const fileAt = (path: string): GuardedFile => {
    const file = files.get(path) ?? new GuardedFile(store, secrets, path)
    files.set(path, file)
    return file
  }
  return {
    get: (path) => store.get(path),
    list: (prefix) => store.list(prefix),
    put: (path, content, options) =>
      secrets.redactor === undefined
        ? store.put(path, content, options)
        : fileAt(secrets.text(path)).put(content, secrets.copy(options)),
    append: (path, content) =>
      secrets.redactor === undefined
        ? store.append(path, content)
        : fileAt(secrets.text(path)).append(content),
  }
}

/** One file, of which it is known how it ends. */
class GuardedFile {
  readonly #store: ArtifactStore
  readonly #secrets: Secrets
  readonly #path: string
  /** Its end, as far as it may be the beginning of a secret; to be read when nothing was written here. */
  #open: string | undefined
  #turn: Promise<void> = Promise.resolve()

  constructor(store: ArtifactStore, secrets: Secrets, path: string) {
    this.#store = store
    this.#secrets = secrets
    this.#path = path
  }

  put(...[content, options]: PutArguments): Promise<void> {
    return this.#inTurn(async () => {
      await this.#store.put(this.#path, this.#secrets.copy(content), options)
      this.#leaveOpen(typeof content === 'string' ? content : '')
    })
  }

  append(content: string): Promise<void> {
    return this.#inTurn(async () => {
      const open = await this.#openEnd()
      const text = open + content
      const [first] = this.#secrets.redactor?.spansIn(text) ?? []
      if (first !== undefined && first.start < open.length) await this.#mend(open, text)
      else await this.#store.append(this.#path, this.#secrets.text(content))
      this.#leaveOpen(text)
    })
  }

  /** A secret began in what is written: that end is taken back. */
  async #mend(open: string, text: string): Promise<void> {
    const written = (await this.#store.get(this.#path)) ?? ''
    const end = this.#secrets.text(open)
    const kept = written.endsWith(end) ? written.slice(0, -end.length) : written
    await this.#store.put(this.#path, kept + this.#secrets.text(text))
  }

  async #openEnd(): Promise<string> {
    if (this.#open === undefined) this.#leaveOpen((await this.#store.get(this.#path)) ?? '')
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

type PutArguments = [
  content: Parameters<ArtifactStore['put']>[1],
  options: Parameters<ArtifactStore['put']>[2],
]
