/** My job: the settings in a home that is Baton's. What stands there already is left as it is. */
import { randomBytes } from 'node:crypto'
import { link, mkdir, rm, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import type { GeminiSetting } from './gemini-setting.ts'
import { toWriteFailure } from './write-failure.ts'

/** Once, core repeats a call in the open; no word to anybody else; and no file is looked for because a prompt has an `@`. */
const SETTINGS = {
  general: { maxAttempts: 1, retryFetchErrors: false, enableAutoUpdate: false },
  privacy: { usageStatisticsEnabled: false },
  telemetry: { enabled: false },
  context: { fileFiltering: { enableRecursiveFileSearch: false } },
}

/** Writes the settings unless there are some. Throws an EngineError `engine_unavailable` when it cannot. */
export async function prepareHome({ home, isOwnHome, authType }: GeminiSetting): Promise<void> {
  if (!isOwnHome || home === undefined) return
  const folder = join(home, '.gemini')
  const security = authType === undefined ? {} : { security: { auth: { selectedType: authType } } }
  try {
    await mkdir(folder, { recursive: true, mode: 0o700 })
    await writeOnce(join(folder, 'settings.json'), JSON.stringify({ ...SETTINGS, ...security }, null, 2))
  } catch (cause) {
    throw toWriteFailure(`Gemini's settings cannot be written to "${folder}"`, cause)
  }
}

/** Whole or not at all: a call beside may read it at any time. */
async function writeOnce(path: string, content: string): Promise<void> {
  const draft = `${path}.${randomBytes(6).toString('hex')}`
  await writeFile(draft, content)
  try {
    await link(draft, path)
  } catch (cause) {
    if (!isThere(cause)) throw cause
  } finally {
    await rm(draft, { force: true })
  }
}

function isThere(cause: unknown): boolean {
  return typeof cause === 'object' && cause !== null && 'code' in cause && cause.code === 'EEXIST'
}
