/**
 * My job: an agent's stdin and stdout as the stream of messages that the SDK speaks over.
 *
 * 1. Updates are handed over as they are read, in their order: the SDK starts a handler for each and waits for none, so
 *    that a turn can be over before its last text. What came before an answer was handed over before it.
 * 2. What is no message is passed over: agents print banners, warnings and stack traces.
 */
import { ReadableStream, WritableStream } from 'node:stream/web'
import type { RunningProcess } from '@batonjs/child-process'
import type { JsonObject, JsonValue } from '@batonjs/core'
import type { AcpStream } from './acp-sdk.ts'
import { fieldsOf } from './fields.ts'

/** Opens the stream of an agent. */
export function openWire(
  { lines, write }: Pick<RunningProcess, 'lines' | 'write'>,
  onUpdate: (params: JsonObject) => void,
): AcpStream {
  const messages = readMessages(lines, onUpdate)
  return {
    readable: new ReadableStream({
      async pull(controller) {
        const next = await messages.next()
        if (next.done === true) controller.close()
        else controller.enqueue(next.value)
      },
    }),
    writable: new WritableStream({
      async write(message) {
        await write(`${JSON.stringify(message)}\n`)
      },
    }),
  }
}

async function* readMessages(
  lines: AsyncIterable<string>,
  onUpdate: (params: JsonObject) => void,
): AsyncGenerator<JsonObject, void, void> {
  for await (const line of lines) {
    const message = parseMessage(line)
    if (message.method === 'session/update') onUpdate(fieldsOf(message.params))
    else if ('method' in message || 'id' in message) yield message
  }
}

function parseMessage(line: string): JsonObject {
  try {
    // JSON gives nothing else.
    return fieldsOf(JSON.parse(line) as JsonValue)
  } catch {
    return {}
  }
}
