/** Installs the pinned CLIs and SDKs into this folder when they are not there yet. */
import { spawnSync } from 'node:child_process'
import { createHash } from 'node:crypto'
import { existsSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'

/** What `npm ci` installed last. */
const STAMP = 'node_modules/.installed'

/** Installs what the lock file says, unless it is there. Throws when npm fails. */
export function install(folder: string): void {
  const lock = createHash('sha256')
    .update(readFileSync(join(folder, 'package-lock.json')))
    .digest('hex')
  const stamp = join(folder, STAMP)
  if (existsSync(stamp) && readFileSync(stamp, 'utf8') === lock) return
  console.log('Installing the real CLIs and SDKs into e2e/engines: some 770 MB, once')
  const begun = performance.now()
  const { status } = spawnSync('npm', ['ci'], { cwd: folder, stdio: 'inherit' })
  if (status !== 0) throw new Error(`npm ci in ${folder} ended with ${status}`)
  writeFileSync(stamp, lock)
  console.log(`Installed after ${Math.round((performance.now() - begun) / 1_000)} s`)
}
