import { existsSync } from 'node:fs'
import { fileURLToPath } from 'node:url'

/** The path of something that `npm ci` in this folder brings. */
export function installedPath(path: string): string {
  return fileURLToPath(new URL(`../node_modules/${path}`, import.meta.url))
}

/** Says of what is not there that it is not; `undefined` when all is. */
export function missingOf(...paths: readonly string[]): string | undefined {
  const missing = paths.filter((path) => !existsSync(installedPath(path)))
  return missing.length === 0 ? undefined : `not installed: ${missing.join(', ')}`
}
