import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { RunStorage } from '@batonjs/core'
import { testStorage } from '@batonjs/testkit'
import { describe, it } from 'vitest'
import { createFsStorage } from './fs-storage.ts'

const folders = new Map<RunStorage, string>()

testStorage('storage-fs', createTemporary, {
  test: { describe, it },
  async loseLock(storage, runId) {
    const folder = folders.get(storage) ?? ''
    const elsewhere = createFsStorage({ folder, host: 'elsewhere' })
    await (await elsewhere.openRun(runId, { takeover: true })).close()
  },
})

function createTemporary() {
  const folder = mkdtempSync(join(tmpdir(), 'baton-kit-'))
  const storage = createFsStorage({ folder })
  folders.set(storage, folder)
  return {
    storage,
    another: () => createFsStorage({ folder }),
    async cleanUp() {
      rmSync(folder, { recursive: true, force: true })
    },
  }
}
