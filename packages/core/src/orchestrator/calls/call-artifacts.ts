/** My job: the files of the run, as a call may use them: what Baton itself keeps there is read and never written. */
import { StorageError } from '../../errors/swarm-error.ts'
import type { ArtifactStore } from '../../storage/artifact-store.ts'
import { leavable } from './commit-in-call.ts'

/** In the folder of any visit, whatever its case: a file system may ignore that. */
const KEPT = /^[^/]*\/(handoff|llm|outputs|receipts|sessions)(?:\/|$)/i

/** The files of the run, for somebody who may not wait for what becomes of them. */
export function createCallArtifacts(artifacts: ArtifactStore): ArtifactStore {
  const put: ArtifactStore['put'] = async (path, content, options) => {
    refuseKept(path)
    refuseKept(options?.also ?? '')
    await artifacts.put(path, content, options)
  }
  const append: ArtifactStore['append'] = async (path, content) => {
    refuseKept(path)
    await artifacts.append(path, content)
  }
  return {
    put: (path, content, options) => leavable(put(path, content, options)),
    append: (path, content) => leavable(append(path, content)),
    get: (path) => leavable(artifacts.get(path)),
    list: (prefix) => leavable(artifacts.list(prefix)),
  }
}

function refuseKept(path: string): void {
  const name = KEPT.exec(path)?.[1]
  if (name === undefined) return
  const message = `Artifact path "${path.slice(0, 200)}" is refused: "${name}" in the folder of a visit is kept for Baton itself.`
  throw new StorageError(message, { code: 'path_refused' })
}
