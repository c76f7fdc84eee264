import { once } from 'node:events'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { type Desk, serve } from './exchange.ts'
import { createRequestLog } from './request-log.ts'
import type { VendorRequest } from './request-record.ts'
import type { Script } from './script.ts'

/** A server on loopback that speaks as the vendors do. */
export interface VendorServer {
  /** `http://127.0.0.1:<port>`: the base URL of the CLIs. SDKs want `/v1` (Anthropic, OpenAI) or `/v1beta` behind it. */
  readonly url: string
  /** Every request for an answer so far, in order of arrival. */
  readonly requests: readonly VendorRequest[]
  /** Says what is answered from now on. */
  script(script: Script): void
  /** The first request that fits, of those that came or are to come; looked at again when a request changes. */
  waitFor(fits: (request: VendorRequest) => boolean): Promise<VendorRequest>
  /** Ends every connection and frees the port. */
  close(): Promise<void>
}

/** Options of {@link startVendorServer}. */
export interface VendorServerOptions {
  /** What is answered. @default how many characters the prompt has */
  readonly script?: Script
  /** Keys that are let in; every other is refused with 401. @default every key, but not a request without one */
  readonly keys?: readonly string[]
}

/** Starts a server on a free port of 127.0.0.1. It does not keep the process alive. */
export async function startVendorServer(options: VendorServerOptions = {}): Promise<VendorServer> {
  const { keys } = options
  let script: Script = options.script ?? (() => undefined)
  const seen = new Map<string, number>()
  const log = createRequestLog()
  const desk: Desk = {
    log,
    script: () => script,
    accepts: (key) => (keys === undefined ? key !== '' : keys.includes(key)),
    count(conversation) {
      const count = (seen.get(conversation) ?? 0) + 1
      seen.set(conversation, count)
      return count
    },
  }
  const server = createServer((request, response) => {
    serve(desk, request, response).catch(() => response.destroy())
  })
  server.on('connection', (socket) => socket.unref())
  server.unref()
  await once(server.listen(0, '127.0.0.1'), 'listening')
  // The address of a server that listens on a port is an object.
  const { port } = server.address() as AddressInfo
  return {
    url: `http://127.0.0.1:${port}`,
    requests: log.requests,
    waitFor: log.waitFor,
    script(next) {
      script = next
    },
    async close() {
      const closed = once(server.close(), 'close')
      server.closeAllConnections()
      await closed
    },
  }
}
