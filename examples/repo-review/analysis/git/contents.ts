import { at, type GitOptions, type Repository, streamGit } from './git.ts'
import { RepoError } from './repo-error.ts'
import type { TreeFile } from './tree.ts'

/** Yields the content of each file, in the order asked for, one at a time, from one git process. */
export async function* readContents<File extends TreeFile>(
  repository: Repository,
  files: readonly File[],
  options: GitOptions = {},
): AsyncGenerator<{ readonly file: File; readonly content: Buffer }, void, void> {
  if (files.length === 0) return
  const input = files.map(({ blob }) => `${blob}\n`)
  const args = at(repository, ['cat-file', '--batch', '--buffer'])
  const answers = new ByteReader(streamGit({ ...options, path: repository.path, args, input }))
  for (const file of files) {
    const [, type, size] = (await answers.line()).split(' ')
    if (type !== 'blob') throw missing(repository, file)
    yield { file, content: await answers.bytes(Number(size)) }
    await answers.bytes(1)
  }
}

function missing({ path }: Repository, file: TreeFile): RepoError {
  const way = `This clone is partial or damaged: make it whole with git -C "${path}" fetch --refetch`
  return new RepoError('objects_missing', `The content of "${file.path}" is not in "${path}". ${way}`)
}

/** Cuts a stream of chunks into lines and counted bytes. */
class ByteReader {
  readonly #chunks: AsyncIterator<Buffer>
  #ready: Buffer = Buffer.alloc(0)

  constructor(chunks: AsyncIterable<Buffer>) {
    this.#chunks = chunks[Symbol.asyncIterator]()
  }

  async line(): Promise<string> {
    let end = this.#ready.indexOf(10)
    while (end === -1) {
      this.#ready = Buffer.concat([this.#ready, await this.#next()])
      end = this.#ready.indexOf(10)
    }
    const line = this.#ready.toString('utf8', 0, end)
    this.#ready = this.#ready.subarray(end + 1)
    return line
  }

  async bytes(count: number): Promise<Buffer> {
    const parts = [this.#ready]
    let have = this.#ready.length
    while (have < count) {
      const chunk = await this.#next()
      parts.push(chunk)
      have += chunk.length
    }
    const all = parts.length === 1 ? this.#ready : Buffer.concat(parts)
    this.#ready = all.subarray(count)
    return all.subarray(0, count)
  }

  async #next(): Promise<Buffer> {
    const { done, value } = await this.#chunks.next()
    if (done) throw new RepoError('git_failed', 'git cat-file ended before it had printed every file')
    return value
  }
}
