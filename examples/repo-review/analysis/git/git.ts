/**
 * Runs the real git, so that nothing but the commit shows in its answers: no user or system config, no
 * pager, no locale, no working tree (a dirty `.gitattributes` would change line counts), no network.
 */
import { type ChildProcess, spawn } from 'node:child_process'
import { devNull } from 'node:os'
import { Readable } from 'node:stream'
import { RepoError } from './repo-error.ts'

/** A repository at one commit. */
export interface Repository {
  /** The path as the caller gave it, for messages. */
  readonly path: string
  readonly gitDir: string
  /** The commit that is read, whatever HEAD becomes meanwhile. */
  readonly commit: string
  readonly branch: string | null
  readonly isShallow: boolean
}

/** How git is run. */
export interface GitOptions {
  /** Ends git when it aborts. */
  readonly signal?: AbortSignal
  /** Longest time of one git process; over it `git_timeout`. @default 300_000 */
  readonly timeoutMs?: number
}

/** One run of git. */
export interface GitCommand extends GitOptions {
  readonly path: string
  readonly args: readonly string[]
  /** Lines for its standard input. */
  readonly input?: Iterable<string>
}

/**
 * Arguments that aim git at the repository. Its own folder stands in for the working tree, so that git
 * finds no `.gitattributes` and no `.mailmap` in whatever state the real one is.
 */
export function at({ gitDir }: Pick<Repository, 'gitDir'>, args: readonly string[]): readonly string[] {
  return ['-C', gitDir, '--git-dir', gitDir, '--work-tree', gitDir, ...settings, ...args]
}

/** Yields what git prints, as it comes. Throws a {@link RepoError} when git fails; ends git when left. */
export async function* streamGit(command: GitCommand): AsyncGenerator<Buffer, void, void> {
  const { path, args, input, signal, timeoutMs = 300_000 } = command
  const child = spawn('git', [...args], { env: environment(), signal, timeout: timeoutMs, stdio: 'pipe' })
  const ending = endOf(child)
  child.stdin.on('error', () => {}) // EPIPE: git ended early, and its exit code says why
  Readable.from(input ?? []).pipe(child.stdin)
  let isRead = false
  try {
    yield* child.stdout
    isRead = true
  } catch (error) {
    signal?.throwIfAborted()
    if ((await ending).failure === undefined) throw error
  } finally {
    // Only when left early: a git that was read to its end may not have exited yet, and is well.
    if (!isRead) child.kill()
  }
  const { code, stderr, failure } = await ending
  signal?.throwIfAborted()
  if (code !== 0) throw toRepoError({ path, args, stderr, failure, isTimeout: isRead && child.killed })
}

/** What git prints, whole and trimmed. For short answers. */
export async function readGit(command: GitCommand): Promise<string> {
  const chunks: Buffer[] = []
  for await (const chunk of streamGit(command)) chunks.push(chunk)
  return Buffer.concat(chunks).toString('utf8').trim()
}

// safe.directory: the folder was named on purpose, and nothing that its config could start is used.
const settings = [
  '--no-pager',
  '--literal-pathspecs',
  ...Object.entries({
    'safe.directory': '*',
    'core.quotepath': 'off',
    'core.fsmonitor': 'false',
    'core.attributesFile': devNull,
    'log.showSignature': 'false',
    'log.showRoot': 'true',
    'log.date': 'default',
    'diff.renameLimit': '400',
    'i18n.logOutputEncoding': 'UTF-8',
  }).flatMap(([key, value]) => ['-c', `${key}=${value}`]),
] as const

/** Aims git at a folder, to find the repository that it lies in. */
export function inside(path: string, args: readonly string[]): readonly string[] {
  return ['-C', path, ...settings, ...args]
}

function environment(): NodeJS.ProcessEnv {
  return {
    PATH: process.env.PATH,
    HOME: devNull,
    XDG_CONFIG_HOME: devNull,
    GIT_CONFIG_NOSYSTEM: '1',
    GIT_CONFIG_GLOBAL: devNull,
    GIT_ATTR_NOSYSTEM: '1',
    GIT_NO_REPLACE_OBJECTS: '1',
    GIT_NO_LAZY_FETCH: '1',
    GIT_ALLOW_PROTOCOL: 'none', // for a git that does not know the line above
    GIT_OPTIONAL_LOCKS: '0',
    GIT_TERMINAL_PROMPT: '0',
    LC_ALL: 'C',
  }
}

interface Ending {
  readonly code: number | null
  readonly stderr: string
  readonly failure: Error | undefined
}

const STDERR_LIMIT = 4_096

function endOf(child: ChildProcess): Promise<Ending> {
  let stderr = ''
  let failure: Error | undefined
  child.stderr?.setEncoding('utf8').on('data', (text: string) => {
    if (stderr.length < STDERR_LIMIT) stderr += text
  })
  child.on('error', (error) => {
    failure = error
  })
  return new Promise((resolve) => {
    child.on('close', (code, end) => {
      resolve({ code, stderr: end === null ? stderr : `${stderr}\nended by ${end}`, failure })
    })
  })
}

interface GitFailure {
  readonly path: string
  readonly args: readonly string[]
  readonly stderr: string
  readonly failure: Error | undefined
  readonly isTimeout: boolean
}

function toRepoError({ path, args, stderr, failure, isTimeout }: GitFailure): RepoError {
  const said = stderr.trim().split('\n').slice(0, 3).join(' ') || failure?.message || 'it gave no reason'
  if (failure !== undefined && 'code' in failure && failure.code === 'ENOENT') {
    return new RepoError('git_missing', 'git is not on the PATH. Install git 2.30 or newer')
  }
  if (/promisor|could not fetch|unable to read|missing blob|bad object/.test(stderr)) {
    const way = `This clone is partial or damaged: make it whole with git -C "${path}" fetch --refetch`
    return new RepoError('objects_missing', `The repository at "${path}" lacks objects (${said}). ${way}`)
  }
  const command = args.find((argument) => /^(log|ls-tree|cat-file|rev-parse|symbolic-ref)$/.test(argument))
  if (isTimeout) {
    const way = 'Ask for fewer commits or a longer timeoutMs'
    return new RepoError('git_timeout', `git ${command} in "${path}" took too long. ${way}`)
  }
  return new RepoError('git_failed', `git ${command} in "${path}" failed: ${said}`)
}
