/**
 * Files of one run. Paths are run-relative with `/`, each segment from one allow-list (rule J5); a
 * path that leaves the run is refused with `path_refused` before the disk is touched.
 */
export interface ArtifactStore {
  /** Writes the whole file, atomically: a reader sees the old content or the new. */
  put(path: string, content: string | Uint8Array, options?: PutOptions): Promise<void>
  /** Adds to the end of a file, which it creates. */
  append(path: string, content: string): Promise<void>
  /** The content as text, or `undefined` when there is no such file. */
  get(path: string): Promise<string | undefined>
  /** Paths that begin with the prefix, sorted. */
  list(prefix?: string): Promise<readonly string[]>
}

/** How safe an artifact must be before the call returns. */
export interface PutOptions {
  /**
   * `disk`: flushed to the device, for content that an event flushed with `disk` refers to. `os`:
   * survives the process, not the machine. @default 'os'
   */
  readonly sync?: 'disk' | 'os'
  /**
   * A second name for the same file. What is appended under one name is seen under both, until one of
   * them is put anew. The second name is there before the first. @default none
   */
  readonly also?: string
}
