import type { DurableEvent, JsonValue, RunStorage, RunWriter } from '@batonjs/core'
import { collect } from '../collect.ts'
import {
  type BrokenStorage,
  failure,
  flawed,
  flawedReading,
  flawedWriter,
  tick,
} from './flawed-storage.fixture.ts'

/** Storages whose runs appear, or whose events are kept, other than promised. */
export const brokenJournals: Readonly<Record<string, BrokenStorage>> = {
  'keeps only the first event of a new run': flawed('create-whole', (sound) => ({
    createRun: (events) => sound.createRun(events.slice(0, 1)),
  })),
  'knows one sync at creation': flawed('create-sync', (sound) => ({
    createRun: async (events, options) => {
      if (options?.sync === 'os') throw failure('storage_failed')
      return sound.createRun(events)
    },
  })),
  'makes an existing run anew': flawed('create-exists', (sound) => ({
    async createRun(events) {
      await sound.remove(events[0]?.runId ?? '').catch(() => {})
      return sound.createRun(events)
    },
  })),
  'lets every creator win that comes at the same time': flawed('create-at-once', sharedCreation),
  'takes first events from any seq': flawed('create-from-one', (sound) => ({
    createRun: (events) => sound.createRun(events.map((event, index) => ({ ...event, seq: index + 1 }))),
  })),
  'leaves a trace of a refused creation': flawed('create-from-one', (sound) => ({
    createRun: (events) =>
      sound.createRun(events).catch(async (refusal: unknown) => {
        const first = events[0]
        if (first?.seq === 2) await sound.createRun([{ ...first, seq: 1 }])
        throw refusal
      }),
  })),
  'creates without a lock': flawed('create-locks', (sound) => ({
    async createRun(events) {
      const writer = await sound.createRun(events)
      await writer.close()
      return writer
    },
  })),
  'takes any run id': flawed('run-ids-refused', escaping),
  'refuses long run ids': flawed('run-ids-accepted', (sound) => ({
    createRun: async (events) => {
      if ((events[0]?.runId.length ?? 0) > 64) throw failure('path_refused')
      return sound.createRun(events)
    },
  })),

  'reads neighbours in the wrong order': flawed('append-in-order', (sound) => ({
    async *readEvents(runId, options) {
      const events = await collect(sound.readEvents(runId, options))
      yield* [...events.slice(0, 1), ...events.slice(1).reverse()]
    },
  })),
  'repeats an event': flawed('append-in-order', (sound) => ({
    async *readEvents(runId, options) {
      for await (const event of sound.readEvents(runId, options)) {
        yield event
        if (event.seq === 4) yield event
      }
    },
  })),
  'tears an event': flawedReading('append-in-order', (event) =>
    event.seq === 5 ? { ...event, ts: '' } : event,
  ),
  'shows its checksum': flawedReading('append-in-order', (event) =>
    Object.assign({}, event, { crc32: '0a1b2c3d' }),
  ),
  'lets appends overtake each other': flawedWriter('append-at-once', (writer) => {
    let turn = 0
    return {
      async append(events, options) {
        if (turn++ % 2 === 0) await tick()
        return writer.append(events, options)
      },
    }
  }),
  'knows one sync': flawedWriter('append-sync', (writer) => ({
    async append(events, options) {
      if (options?.sync === 'disk') throw failure('storage_failed')
      return writer.append(events)
    },
  })),
  'takes no large batch': flawedWriter('append-many', (writer) => ({
    async append(events) {
      if (events.length > 5_000) throw failure('storage_failed')
      return writer.append(events)
    },
  })),
  'clips long texts': flawedReading('append-big', (event) =>
    revived(event, (text) => text.slice(0, 1_000_000)),
  ),
  'breaks lines at U+2028': flawedReading('append-odd-data', (event) =>
    revived(event, (text) => text.replaceAll('\u2028', '\n')),
  ),
  'merges data into objects': flawedReading('append-odd-data', (event) =>
    event.type === 'diagnostic' ? { ...event, data: merged(event.data ?? null) } : event,
  ),
  'drops half surrogate pairs': flawedReading('append-lone-surrogates', (event) =>
    revived(event, (text) => text.replace(/\p{Surrogate}/gu, '')),
  ),
  'takes any seq': flawedWriter('append-conflict', (writer) => ({
    append: (events) =>
      writer.append(events.map((event, index) => ({ ...event, seq: writer.lastSeq + 1 + index }))),
  })),
  'refuses a wrong seq with a word of its own': flawedWriter('append-conflict', (writer) => ({
    append: (events) =>
      writer.append(events).catch(() => {
        throw failure('storage_failed')
      }),
  })),
  'keeps what it refused': flawedWriter('append-conflict', (writer, sound, runId) => ({
    append: (events) =>
      writer.append(events).catch(async (refusal: unknown) => {
        await appendAnew(sound, runId, writer, events)
        throw refusal
      }),
  })),
  'forgives a failed append': flawedWriter('append-failure-kills', (writer, sound, runId) => {
    let current = writer
    return {
      append: (events) =>
        current.append(events).catch(async (refusal: unknown) => {
          await current.close()
          current = await sound.openRun(runId)
          throw refusal
        }),
      close: () => current.close(),
    }
  }),
  'appends though it is closed': flawedWriter('append-after-close', (writer, sound, runId) => ({
    append: (events) => writer.append(events).catch(() => appendAnew(sound, runId, writer, events)),
  })),
  'says that it appended before it did': flawedWriter('close-keeps-appended', (writer) => {
    const pending: (readonly DurableEvent[])[] = []
    return {
      async append(events) {
        pending.push(events)
        setTimeout(() => void pending.splice(0).map((batch) => writer.append(batch).catch(() => {})), 0)
      },
    }
  }),
  'goes on writing after it was closed': flawedWriter('close-keeps-appended', (writer) => {
    let last = Promise.resolve()
    return {
      append(events) {
        last = last.then(tick).then(() => writer.append(events))
        return Promise.reject(failure('storage_failed'))
      },
      close: async () => last,
    }
  }),
}

/** Whoever creates a run that is just being created gets the same writer. */
function sharedCreation(sound: RunStorage): Partial<RunStorage> {
  const creating = new Map<string, Promise<RunWriter>>()
  return {
    createRun(events) {
      const runId = events[0]?.runId ?? ''
      const writer = creating.get(runId) ?? sound.createRun(events)
      creating.set(runId, writer)
      setTimeout(() => creating.delete(runId), 0)
      return writer
    },
  }
}

/** Writes down run ids so that every one is possible. */
function escaping(sound: RunStorage): Partial<RunStorage> {
  const toSafe = (runId: string) =>
    `x${[...runId].map((one) => one.codePointAt(0)?.toString(16)).join('.')}`.slice(0, 100)
  return {
    createRun: (events) => sound.createRun(events.map((event) => ({ ...event, runId: toSafe(event.runId) }))),
    openRun: (runId) => sound.openRun(toSafe(runId)),
  }
}

async function appendAnew(
  sound: RunStorage,
  runId: string,
  writer: RunWriter,
  events: readonly DurableEvent[],
): Promise<void> {
  await writer.close()
  const next = await sound.openRun(runId)
  await next.append(events.map((event, index) => ({ ...event, seq: next.lastSeq + 1 + index })))
  await next.close()
}

function revived(event: DurableEvent, change: (text: string) => string): DurableEvent {
  return JSON.parse(JSON.stringify(event), (_, value) => (typeof value === 'string' ? change(value) : value))
}

/** Copies data with plain assignments, which `__proto__` turns into something else. */
function merged(data: JsonValue): JsonValue {
  if (typeof data !== 'object' || data === null || Array.isArray(data)) return data
  const copy: Record<string, JsonValue> = {}
  for (const [key, value] of Object.entries(data)) copy[key] = value
  return copy
}
