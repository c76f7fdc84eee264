import type { IncomingHttpHeaders } from 'node:http'
import type { JsonObject } from '@batonjs/core'
import type { Question, Vendor } from './conversation.ts'

/** A request that the server got. */
export interface VendorRequest {
  readonly vendor: Vendor
  readonly method: string
  /** Path with its query. */
  readonly path: string
  /** Headers; what is a key or a login reads `[secret]`. */
  readonly headers: Readonly<Record<string, string>>
  readonly body: JsonObject
  /** What it asks, when it asks for an answer. */
  readonly question?: Question
  /** Milliseconds since the epoch at which it arrived whole. */
  readonly arrivedAt: number
  /** How it stands: still open, answered to the end, broken off by the server, or left by the client. */
  readonly state: 'open' | 'answered' | 'broken' | 'left'
}

const SECRETS = new Set(['x-api-key', 'x-goog-api-key', 'authorization', 'proxy-authorization', 'cookie'])

/** Headers as they may be shown. */
export function withoutSecrets(headers: IncomingHttpHeaders): Readonly<Record<string, string>> {
  return Object.fromEntries(
    Object.entries(headers).map(([name, value]) => [name, SECRETS.has(name) ? '[secret]' : String(value)]),
  )
}

/** The key that a client came with: a header of its own, or a bearer's. */
export function keyIn(headers: IncomingHttpHeaders): string {
  const key = headers['x-api-key'] ?? headers['x-goog-api-key'] ?? headers.authorization ?? ''
  return String(key).replace(/^bearer /i, '')
}
