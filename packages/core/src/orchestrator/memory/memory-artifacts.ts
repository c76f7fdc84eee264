/** My job: the artifacts of runs that are kept in memory. */
import type { ArtifactStore } from '../../storage/artifact-store.ts'
import { checkArtifactPath } from './artifact-path.ts'

/** A file in memory, as text; two names may lead to one. */
export interface MemoryFile {
  text: string
}

/** The artifacts of a run in memory. `find` gives its files, and throws when there is no such run. */
export function createMemoryArtifacts(find: () => Map<string, MemoryFile>): ArtifactStore {
  const files = (path: string) => {
    checkArtifactPath(path)
    return find()
  }
  return {
    async put(path, content, { also } = {}) {
      const all = files(path)
      const file = { text: toText(content) }
      if (also !== undefined) files(also).set(also, file)
      all.set(path, file)
    },
    async append(path, content) {
      const all = files(path)
      const file = all.get(path)
      if (file === undefined) all.set(path, { text: content })
      else file.text += content
    },
    async get(path) {
      return files(path).get(path)?.text
    },
    async list(prefix = '') {
      return [...find().keys()].filter((path) => path.startsWith(prefix)).sort()
    },
  }
}

function toText(content: string | Uint8Array): string {
  return typeof content === 'string' ? content : new TextDecoder('utf-8', { ignoreBOM: true }).decode(content)
}
