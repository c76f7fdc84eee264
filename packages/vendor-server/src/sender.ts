/** Puts an answer on the wire: chunk by chunk, and broken where the script says so. */
import type { ServerResponse } from 'node:http'
import { setTimeout } from 'node:timers/promises'
import type { JsonObject } from '@batonjs/core'
import type { Dialect, Reply } from './dialect.ts'
import type { Failure } from './turn.ts'

/** Sends an answer and tells how that ended. */
export async function sendAnswer(
  response: ServerResponse,
  dialect: Dialect,
  reply: Reply,
): Promise<'answered' | 'broken' | 'left'> {
  const { broken } = reply.answer
  if (reply.conversation.streamed) return sendStream(response, dialect, reply)
  if (broken !== undefined) return breakOff(response, dialect, broken.by)
  sendBody(response, 200, dialect.whole(reply))
  return 'answered'
}

/** Sends one body of JSON. */
export function sendBody(response: ServerResponse, status: number, body: JsonObject | string): void {
  response.writeHead(status, { 'content-type': 'application/json' })
  response.end(typeof body === 'string' ? body : JSON.stringify(body))
}

/** Refuses as the vendor does. */
export function sendFailure(response: ServerResponse, dialect: Dialect, failure: Failure): void {
  const { status, headers = {}, retryAfterSeconds, body = dialect.failure(failure) } = failure
  if (retryAfterSeconds !== undefined) response.setHeader('retry-after', String(retryAfterSeconds))
  for (const [name, value] of Object.entries(headers)) response.setHeader(name, value)
  sendBody(response, status, body)
}

async function sendStream(
  response: ServerResponse,
  dialect: Dialect,
  reply: Reply,
): Promise<'answered' | 'broken' | 'left'> {
  const { broken, held, delayMs = 0 } = reply.answer
  response.writeHead(200, { 'content-type': 'text/event-stream', 'cache-control': 'no-cache' })
  response.flushHeaders()
  let chunks = 0
  for (const { text, isChunk } of dialect.frames(reply)) {
    if (isChunk && chunks === broken?.after) break
    if (isChunk && chunks === held?.after) await Promise.race([held.until, untilLeft(response)])
    if (isChunk && delayMs > 0) await setTimeout(delayMs, undefined, { ref: false })
    if (response.closed || !(await write(response, text))) return 'left'
    if (isChunk) chunks += 1
  }
  if (broken !== undefined) return breakOff(response, dialect, broken.by)
  response.end()
  return 'answered'
}

/** Resolves when the text is on its way, to `false` when there is nobody to take it any more. */
function write(response: ServerResponse, text: string): Promise<boolean> {
  return new Promise((resolve) => response.write(text, (error) => resolve(!error)))
}

function breakOff(
  response: ServerResponse,
  dialect: Dialect,
  by: 'cut' | 'error' | 'silence',
): Promise<'broken' | 'left'> {
  if (by === 'silence') return untilLeft(response)
  if (by === 'error') response.end(dialect.trouble)
  else response.destroy()
  return Promise.resolve('broken')
}

/** Nothing more comes; it is for the client to go. */
export function untilLeft(response: ServerResponse): Promise<'left'> {
  if (response.closed) return Promise.resolve('left')
  return new Promise((resolve) => response.once('close', () => resolve('left')))
}
