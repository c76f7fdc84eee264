import { randomBytes } from 'node:crypto'
import { join } from 'node:path'

const processToken = randomBytes(8).toString('hex')
let drawn = 0

/** A token that no other process draws, nor this one twice. */
export function drawToken(): string {
  return `${processToken}-${++drawn}`
}

/** Whether this process drew a token. */
export function isOwnToken(token: string): boolean {
  return token.startsWith(`${processToken}-`)
}

/** A path for a file that is not finished. Its dot keeps it off every list and out of the allow-list. */
export function toTempPath(folder: string, what: string): string {
  return join(folder, `.${what}-${drawToken()}`)
}
