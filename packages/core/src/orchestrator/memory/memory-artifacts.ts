/** My job: the artifacts of runs that are kept in memory. */
import type { ArtifactStore } from '../../storage/artifact-store.ts'
import { checkArtifactPath } from './artifact-path.ts'
import type { MemoryRun } from './memory-run.ts'

/** The artifacts of a run in memory, kept as text. `find` throws when there is no such run. */
export function createMemoryArtifacts(find: () => MemoryRun): ArtifactStore {
  const files = (path: string) => {
    checkArtifactPath(path)
    return find().artifacts
  }
  return {
    async put(path, content) {
      files(path).set(path, toText(content))
    },
    async append(path, content) {
      const all = files(path)
      all.set(path, (all.get(path) ?? '') + content)
    },
    async get(path) {
      return files(path).get(path)
    },
    async list(prefix = '') {
      return [...find().artifacts.keys()].filter((path) => path.startsWith(prefix)).sort()
    },
  }
}

function toText(content: string | Uint8Array): string {
  return typeof content === 'string' ? content : new TextDecoder('utf-8', { ignoreBOM: true }).decode(content)
}
