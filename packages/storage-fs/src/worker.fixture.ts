/** Another process that uses the storage: does what the test asks for, one request after the other. */
import { setImmediate } from 'node:timers/promises'
import { type DurableEvent, type RunStorage, type RunWriter, toPlainError } from '@batonjs/core'
import { begin, note, RUN_ID } from './events.fixture.ts'
import { createFsStorage } from './fs-storage.ts'

/** A request of the test. */
export interface WorkerRequest {
  readonly id: number
  readonly call: WorkerCall
}

/** What a test can ask of a worker. */
export type WorkerCall =
  | { readonly do: 'create' | 'open' | 'takeover' | 'close' | 'owned' | 'read' | 'count' | 'readers' }
  | { readonly do: 'read from'; readonly seq: number }
  | { readonly do: 'append'; readonly count: number; readonly sync: 'disk' | 'os'; readonly text?: string }
  | { readonly do: 'batch'; readonly count: number; readonly text?: string }
  | { readonly do: 'append until it fails' }
  | { readonly do: 'look while it appends' }
  | { readonly do: 'put'; readonly path: string; readonly size: number }

/** What became of a request. */
export interface WorkerReply {
  readonly id: number
  readonly error?: { readonly code: string; readonly message: string; readonly retryable: boolean }
  readonly result?: unknown
}

const [root = '', host] = process.argv.slice(2)
const storage: RunStorage = createFsStorage({ folder: root, ...(host !== undefined && { host }) })
let writer: RunWriter | undefined

process.on('message', async (request: WorkerRequest) => {
  process.send?.(await answer(request))
})

async function answer({ id, call }: WorkerRequest): Promise<WorkerReply> {
  try {
    return { id, result: await run(call) }
  } catch (thrown) {
    const { code, message, retryable } = toPlainError(thrown)
    return { id, error: { code, message, retryable } }
  }
}

async function run(call: WorkerCall): Promise<unknown> {
  switch (call.do) {
    case 'create':
      writer = await storage.createRun(begin())
      return writer.lastSeq
    case 'open':
    case 'takeover':
      writer = await storage.openRun(RUN_ID, { takeover: call.do === 'takeover' })
      return { lastSeq: writer.lastSeq, notices: writer.notices }
    case 'close':
      return writer?.close()
    case 'owned':
      return writer?.owned()
    case 'read':
      return (await read()).map(({ seq }) => seq)
    case 'read from':
      return (await read(call.seq)).map(({ seq }) => seq)
    case 'count':
      return count()
    case 'readers':
      return openReaders()
    case 'append':
      for (let done = 0; done < call.count; done++) await append(1, call.sync, call.text)
      return writer?.lastSeq
    case 'batch':
      await append(call.count, 'os', call.text)
      return writer?.lastSeq
    case 'append until it fails':
      return appendUntilItFails()
    case 'look while it appends':
      return lookWhileItAppends()
    case 'put':
      return storage.artifacts(RUN_ID).put(call.path, 'x'.repeat(call.size))
  }
}

async function append(count: number, sync: 'disk' | 'os', text = `of ${process.pid}`): Promise<void> {
  const from = (writer?.lastSeq ?? 0) + 1
  await writer?.append(
    Array.from({ length: count }, (_, index) => note(from + index, text)),
    { sync },
  )
}

/** Appends as fast as it can. Tells what counted, and how it ended. */
async function appendUntilItFails(): Promise<unknown> {
  let counted = 0
  try {
    for (;;) {
      await append(1, 'os')
      counted = writer?.lastSeq ?? 0
      if (counted % 50 === 0) await setImmediate()
    }
  } catch (thrown) {
    return { counted, code: toPlainError(thrown).code, owned: await writer?.owned() }
  }
}

/** What a reader of this process sees before and after a flush. */
async function lookWhileItAppends(): Promise<unknown> {
  const appending = append(1, 'disk')
  const before = (await read()).length
  await appending
  return { before, after: (await read()).length }
}

async function read(fromSeq = 1): Promise<DurableEvent[]> {
  const events: DurableEvent[] = []
  for await (const event of storage.readEvents(RUN_ID, { fromSeq })) events.push(event)
  return events
}

async function count(): Promise<number> {
  let events = 0
  for await (const _ of storage.readEvents(RUN_ID)) events++
  return events
}

/** Opens readers until one fails, then lets go of them and reads once more. */
async function openReaders(): Promise<unknown> {
  const open: AsyncIterator<DurableEvent>[] = []
  try {
    for (;;) {
      const reader = storage.readEvents(RUN_ID)[Symbol.asyncIterator]()
      await reader.next()
      open.push(reader)
    }
  } catch (thrown) {
    for (const reader of open) await reader.return?.()
    return { error: toPlainError(thrown), after: (await read()).length }
  }
}
