/** My job: the files of the run, as a call may use them: what Baton itself keeps there is read and never written. */
import { StorageError } from '../../errors/swarm-error.ts'
import type { ArtifactStore } from '../../storage/artifact-store.ts'
import { guardArtifacts } from '../secrets/guarded-artifacts.ts'
import type { Session } from '../session.ts'
import { leavable } from './commit-in-call.ts'

/** In the folder of any visit, whatever its case: a file system may ignore that. */
const KEPT = /^[^/]*\/(handoff|llm|outputs|receipts|sessions)(?:\/|$)/i

/** The guarded files of a session, one for all its calls. */
const guarded = new WeakMap<Session, ArtifactStore>()

/** The files of the run, without secrets, for somebody who may not wait for what becomes of them. */
export function createCallArtifacts(session: Session): ArtifactStore {
  const { secrets } = session.host
  const artifacts = guarded.get(session) ?? guardArtifacts(session.artifacts, secrets)
  guarded.set(session, artifacts)
  const put: ArtifactStore['put'] = async (path, content, options) => {
    refuseKept(secrets.text(path))
    refuseKept(secrets.text(options?.also ?? ''))
    await artifacts.put(path, content, options)
  }
  const append: ArtifactStore['append'] = async (path, content) => {
    refuseKept(secrets.text(path))
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
