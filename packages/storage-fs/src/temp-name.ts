import { randomBytes } from 'node:crypto'
import { join } from 'node:path'

/** A random token that no other process draws. */
export function drawToken(): string {
  return randomBytes(8).toString('hex')
}

/** A path for a file that is not finished. Its dot keeps it off every list and out of the allow-list. */
export function toTempPath(folder: string, what: string): string {
  return join(folder, `.${what}-${drawToken()}`)
}
