/** My job: the part of `@agentclientprotocol/sdk` that is used, and finding it. */
import type { ReadableStream, WritableStream } from 'node:stream/web'
import { EngineError } from '@batonjs/core'

/** What is used of the module `@agentclientprotocol/sdk`, version 2.4 or compatible. */
export interface AcpSdk {
  /** Makes the client's side of the protocol. */
  client(options?: { readonly name?: string }): AcpClientApp
}

/** The client's side, before it is connected. */
export interface AcpClientApp {
  /** Answers a request of the agent with what `handler` resolves to. */
  onRequest(
    method: string,
    parse: (params: unknown) => unknown,
    handler: (context: { readonly params: unknown }) => unknown,
  ): AcpClientApp
  /** Begins to speak. */
  connect(stream: AcpStream): AcpConnection
}

/** Messages of the protocol, both ways. */
export interface AcpStream {
  readonly readable: ReadableStream
  readonly writable: WritableStream
}

/** An open connection. */
export interface AcpConnection {
  readonly agent: {
    /** Rejects with an error that has `code`, `message` and `data` when the agent answers so. */
    request(method: string, params?: unknown): Promise<unknown>
    notify(method: string, params?: unknown): Promise<void>
  }
  close(error?: unknown): void
}

const INSTALL = 'npm install @agentclientprotocol/sdk@~2.4.0'

/** The SDK that was handed in, else the one that is installed. Throws an EngineError `engine_unavailable`. */
export async function loadAcpSdk(given: AcpSdk | undefined): Promise<AcpSdk> {
  if (given !== undefined) return given
  const found: AcpSdk = await import('@agentclientprotocol/sdk').catch((cause: unknown) => {
    throw unavailable('is missing', cause)
  })
  // A version before 2 has none.
  if (typeof Reflect.get(found, 'client') !== 'function')
    throw unavailable('that is installed is another version')
  return found
}

function unavailable(how: string, cause?: unknown): EngineError {
  const message = `The Agent Client Protocol SDK ${how}: ${INSTALL}`
  return new EngineError(message, { code: 'engine_unavailable', cause })
}
