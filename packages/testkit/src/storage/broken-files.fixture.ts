import type { ArtifactStore, RunSummary } from '@batonjs/core'
import { type BrokenStorage, failure, flawed, tick } from './flawed-storage.fixture.ts'

/** Storages whose files or lists are other than promised. */
export const brokenFiles: Readonly<Record<string, BrokenStorage>> = {
  'keeps the first content of a file': files('artifact-put', (sound) => ({
    async put(path, content) {
      if ((await sound.get(path)) === undefined) await sound.put(path, content)
    },
  })),
  'knows one sync for files': files('artifact-put-sync', (sound) => ({
    async put(path, content, options) {
      if (options?.sync === 'disk') throw failure('storage_failed')
      await sound.put(path, content)
    },
  })),
  'knows one name for a file': files('artifact-also', (sound) => ({
    put: (path, content) => sound.put(path, content),
  })),
  'copies a file for its second name': files('artifact-also', (sound) => ({
    async put(path, content, { also } = {}) {
      if (also !== undefined) await sound.put(also, content)
      await sound.put(path, content)
    },
  })),
  'writes bytes as a list of numbers': files('artifact-bytes', (sound) => ({
    put: (path, content) => sound.put(path, String(content)),
  })),
  'writes anew instead of adding to the end': files('artifact-append', (sound) => ({ append: sound.put })),
  'adds only to files that are there': files('artifact-append', (sound) => ({
    async append(path, content) {
      if ((await sound.get(path)) !== undefined) await sound.append(path, content)
    },
  })),
  'reads a missing file as an empty one': files('artifact-missing', (sound) => ({
    get: async (path) => (await sound.get(path)) ?? '',
  })),
  'lists in the order of writing': files('artifact-list', (sound) => ({
    list: async (prefix) => (await sound.list(prefix)).toReversed(),
  })),
  'lists its own files': files('artifact-list', (sound) => ({
    list: async (prefix = '') => [...(await sound.list(prefix)), ...(prefix === '' ? ['events.jsonl'] : [])],
  })),
  'takes a prefix for a folder': files('artifact-list', (sound) => ({
    list: async (prefix = '') =>
      (await sound.list()).filter((path) => prefix === '' || path.startsWith(`${prefix}/`)),
  })),
  'takes any path': files('artifact-paths-refused', (sound) => ({
    put: (path, content) => sound.put(encodeURIComponent(path).replaceAll(/[^\w]/g, 'x'), content),
  })),
  'lets its own names be written': files('artifact-paths-refused', (sound) => ({
    put: (path, content) =>
      sound.put(/^(events|spec|meta)\.json/i.test(path) ? `own/${path}` : path, content),
  })),
  'refuses the folder of a second visit': files('artifact-paths-accepted', (sound) => ({
    async put(path, content) {
      if (path.includes('#')) throw failure('path_refused')
      await sound.put(path, content)
    },
  })),
  'writes a file in parts': files('artifact-whole', (sound) => ({
    async put(path, content) {
      await sound.put(path, content.slice(0, content.length / 2))
      await tick()
      await sound.put(path, content)
    },
  })),
  'keeps the files of all runs together': flawed('artifact-own-run', (sound) => ({
    artifacts: () => sound.artifacts('run-one'),
  })),
  'takes files for nobody': files('artifact-unknown-run', (sound) => ({
    put: (path, content) => sound.put(path, content).catch(() => {}),
  })),

  'lists a run that is not there': lists('list-empty', (runs) => [...runs, GHOST]),
  'lists the oldest run first': lists('list-newest-first', (runs) => runs.toReversed()),
  'forgets that there are more': flawed('list-pages', (sound) => ({
    listRuns: async (query) => ({ runs: (await sound.listRuns(query)).runs }),
  })),
  'says that there are more when there are none': flawed('list-pages', (sound) => ({
    listRuns: async (query) => ({ next: '0', ...(await sound.listRuns(query)) }),
  })),
  'ignores the limit': flawed('list-pages', (sound) => ({
    listRuns: ({ limit, ...query } = {}) => sound.listRuns(query),
  })),
  'pages by position': flawed('list-pages-while-removed', (sound) => ({
    async listRuns({ limit = 100, after = '0', ...query } = {}) {
      const { runs } = await sound.listRuns(query)
      const end = Number(after) + limit
      return { runs: runs.slice(Number(after), end), ...(end < runs.length ? { next: String(end) } : {}) }
    },
  })),
  'ignores the id in a query': flawed('list-by-id', (sound) => ({
    listRuns: ({ runId, ...query } = {}) => sound.listRuns(query),
  })),
  'tells when a run began for when it was touched': lists('list-summary', (runs) =>
    runs.map((run) => ({ ...run, updatedAt: run.createdAt })),
  ),
  'does not count events': lists('list-summary', (runs) => runs.map((run) => ({ ...run, lastSeq: 0 }))),
  'calls a run running that nobody owns': lists('list-owner', (runs) =>
    runs.map((run) => (run.status === 'interrupted' ? { ...run, status: 'running' } : run)),
  ),
  'names no owner': lists('list-owner', (runs) => runs.map(({ owner, ...run }) => run)),
  'hides what a run waits for': lists('list-open-requests', (runs) =>
    runs.map((run) => ({ ...run, openRequests: [] })),
  ),
  'ignores the status in a query': flawed('list-by-status', (sound) => ({
    listRuns: ({ status, ...query } = {}) => sound.listRuns(query),
  })),
  'filters a page after it was cut': flawed('list-by-status', (sound) => ({
    async listRuns({ status, ...query } = {}) {
      const page = await sound.listRuns(query)
      return status === undefined
        ? page
        : { runs: page.runs.filter((run) => [status].flat().includes(run.status)) }
    },
  })),

  'keeps the files of a removed run': flawed('remove-all', (sound) => {
    const kept = new Map<string, ArtifactStore>()
    return {
      artifacts(runId) {
        const store = kept.get(runId) ?? withMemory(sound.artifacts(runId))
        kept.set(runId, store)
        return store
      },
    }
  }),
  'does not remove anything': flawed('remove-all', () => ({ remove: async () => {} })),
  'removes a run under its owner': flawed('remove-owned', (sound) => ({
    remove: (runId) => sound.remove(runId).catch(() => {}),
  })),
  'removes what is not there without a word': flawed('remove-unknown', (sound) => ({
    async remove(runId) {
      if ((await sound.listRuns({ runId })).runs.length > 0) await sound.remove(runId)
    },
  })),
  'can be disposed of only once': flawed('dispose-twice', () => {
    let disposed = false
    return {
      async dispose() {
        if (disposed) throw failure('storage_failed')
        disposed = true
      },
    }
  }),
  // The port has one version; another one is another port.
  'speaks another version of the port': flawed('port-version', () => ({ specVersion: 2 as 1 })),
}

const GHOST: RunSummary = {
  runId: 'run-ghost',
  status: 'failed',
  flows: [],
  initiator: 'nobody',
  createdAt: '',
  updatedAt: '',
  lastSeq: 0,
  openRequests: [],
}

function files(
  caughtBy: BrokenStorage['caughtBy'],
  change: (sound: ArtifactStore) => Partial<ArtifactStore>,
): BrokenStorage {
  return flawed(caughtBy, (sound) => ({
    artifacts: (runId) => ({ ...sound.artifacts(runId), ...change(sound.artifacts(runId)) }),
  }))
}

function lists(
  caughtBy: BrokenStorage['caughtBy'],
  change: (runs: readonly RunSummary[]) => RunSummary[],
): BrokenStorage {
  return flawed(caughtBy, (sound) => ({
    async listRuns(query) {
      const page = await sound.listRuns(query)
      return { ...page, runs: change(page.runs) }
    },
  }))
}

function withMemory(sound: ArtifactStore): ArtifactStore {
  const paths = new Set<string>()
  return {
    ...sound,
    async put(path, content) {
      paths.add(path)
      await sound.put(path, content)
    },
    list: async () => [...paths].sort(),
  }
}
