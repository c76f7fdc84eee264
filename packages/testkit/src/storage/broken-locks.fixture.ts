import {
  createMemoryStorage,
  type DurableEvent,
  type ReadEventsOptions,
  type RunStorage,
  type RunWriter,
} from '@batonjs/core'
import { collect } from '../collect.ts'
import { type BrokenStorage, failure, flawed, flawedWriter, tick } from './flawed-storage.fixture.ts'

/** Storages that lock, or are read, other than promised. */
export const brokenLocks: Readonly<Record<string, BrokenStorage>> = {
  'ignores locks': flawed('lock-refuses-second', (sound) => withWriters(sound, (held) => held)),
  'does not say who holds the lock': flawed('lock-refuses-second', (sound) => ({
    openRun: (runId) =>
      sound.openRun(runId).catch(() => {
        throw failure('run_locked')
      }),
  })),
  'lets a takeover push out anyone': flawed('lock-alive-is-kept', (sound) => {
    const tracked = withWriters(sound, (held, runId) => held.close().then(() => sound.openRun(runId)))
    return {
      createRun: tracked.createRun,
      openRun: (runId, options) => (options?.takeover === true ? tracked : sound).openRun(runId),
    }
  }),
  'never releases a lock': flawedWriter('lock-released', () => ({ close: async () => {} })),
  'claims to own what it let go': flawedWriter('lock-released', () => ({ owned: async () => true })),
  'begins to count anew when it is opened': flawed('lock-released', (sound) => ({
    async openRun(runId) {
      return Object.defineProperty(Object.create(await sound.openRun(runId)), 'lastSeq', { value: 0 })
    },
  })),
  'gives one lock to all who come at once': flawed('lock-once', (sound) => {
    let opening: Promise<RunWriter> | undefined
    return {
      openRun(runId) {
        opening ??= sound.openRun(runId)
        setTimeout(() => {
          opening = undefined
        }, 0)
        return opening
      },
    }
  }),
  'releases whoever holds the lock': flawed('lock-close-is-own', (sound) => {
    const writers = new Map<string, RunWriter>()
    const closing = (runId: string, writer: RunWriter): RunWriter => {
      writers.set(runId, writer)
      return Object.assign(Object.create(writer), { close: async () => writers.get(runId)?.close() })
    }
    return {
      createRun: async (events) => closing(events[0]?.runId ?? '', await sound.createRun(events)),
      openRun: async (runId) => closing(runId, await sound.openRun(runId)),
    }
  }),
  'has one lock for all runs': flawed('lock-per-run', (sound) => {
    let holder: RunWriter | undefined
    return {
      async createRun(events) {
        await holder?.close()
        holder = await sound.createRun(events)
        return holder
      },
    }
  }),
  'throws an error that is not of Baton': flawed('lock-unknown-run', (sound) => ({
    openRun: (runId) =>
      sound.openRun(runId).catch(() => {
        throw new Error('ENOENT')
      }),
  })),
  'does not notice that its lock is lost': {
    ...flawedWriter('lock-lost', () => ({ owned: async () => true })),
    loseLock: async (storage, runId) => {
      const { runs } = await storage.listRuns({ runId })
      if (runs.length === 0) throw failure('run_not_found')
    },
  },

  'counts seq from 0': readsBy('read-from', (sound, runId, options) =>
    sound.readEvents(runId, {
      ...options,
      fromSeq: (options?.fromSeq ?? 1) + (options?.fromSeq === undefined ? 0 : 1),
    }),
  ),
  'reads an unknown run as an empty one': readsBy(
    'read-unknown-run',
    async function* (sound, runId, options) {
      const { runs } = await sound.listRuns({ runId })
      if (runs.length > 0) yield* sound.readEvents(runId, options)
    },
  ),
  'stops at run_completed': readsBy('read-on-after-the-end', async function* (sound, runId, options) {
    for await (const event of sound.readEvents(runId, options)) {
      yield event
      if (event.type === 'run_completed') return
    }
  }),
  'shows half an event while it is written': halfWritten(),
  'misses what comes between replay and live': readsBy(
    'follow-seam',
    async function* (sound, runId, options) {
      if (options?.follow !== true) return yield* sound.readEvents(runId, options)
      yield* sound.readEvents(runId, { ...options, follow: false })
      await tick()
      const seen = (await collect(sound.readEvents(runId))).length
      yield* sound.readEvents(runId, { ...options, fromSeq: seen + 1 })
    },
  ),
  'repeats the seam between replay and live': readsBy('follow-seam', async function* (sound, runId, options) {
    if (options?.follow !== true) return yield* sound.readEvents(runId, options)
    const replayed = await collect(sound.readEvents(runId, { ...options, follow: false }))
    yield* replayed
    yield* sound.readEvents(runId, { ...options, fromSeq: (options.fromSeq ?? 1) + replayed.length - 1 })
  }),
  'follows from the beginning whatever it is asked': readsBy(
    'follow-late-and-from',
    (sound, runId, options) =>
      sound.readEvents(runId, options?.follow === true ? { ...options, fromSeq: 1 } : options),
  ),
  'holds an event back until the next one comes': readsBy(
    'follow-paced',
    async function* (sound, runId, options) {
      let held: DurableEvent | undefined
      for await (const event of sound.readEvents(runId, options)) {
        if (held !== undefined) yield held
        held = event
      }
      if (held !== undefined) yield held
    },
  ),
  'never ends to follow': readsBy('follow-ends', async function* (sound, runId, options) {
    yield* sound.readEvents(runId, options)
    if (options?.follow === true) await new Promise(() => {})
  }),
  'is deaf to the signal of a follower': readsBy('follow-signal', (sound, runId, options) =>
    sound.readEvents(runId, { follow: options?.follow ?? false, fromSeq: options?.fromSeq ?? 1 }),
  ),
  'ends all followers when one leaves': followersLeaveTogether(),
}

function readsBy(
  caughtBy: BrokenStorage['caughtBy'],
  read: (sound: RunStorage, runId: string, options?: ReadEventsOptions) => AsyncIterable<DurableEvent>,
): BrokenStorage {
  return flawed(caughtBy, (sound) => ({ readEvents: (runId, options) => read(sound, runId, options) }))
}

/** Opens a run that is held by what `reopen` makes of its writer. */
function withWriters(
  sound: RunStorage,
  reopen: (held: RunWriter, runId: string) => RunWriter | Promise<RunWriter>,
) {
  const writers = new Map<string, RunWriter>()
  const keep = (runId: string, writer: RunWriter) => {
    writers.set(runId, writer)
    return writer
  }
  return {
    createRun: async (events: readonly DurableEvent[]) =>
      keep(events[0]?.runId ?? '', await sound.createRun(events)),
    async openRun(runId: string) {
      const held = writers.get(runId)
      const isHeld = (await held?.owned()) === true
      return keep(
        runId,
        held !== undefined && isHeld ? await reopen(held, runId) : await sound.openRun(runId),
      )
    },
  }
}

function halfWritten(): BrokenStorage {
  let writing = 0
  return {
    caughtBy: 'read-while-written',
    create() {
      const sound = createMemoryStorage()
      return {
        ...sound,
        async createRun(events) {
          const writer = await sound.createRun(events)
          return Object.assign(Object.create(writer), {
            async append(batch: readonly DurableEvent[]) {
              writing++
              await writer.append(batch)
              await tick()
              writing--
            },
          })
        },
        async *readEvents(runId, options) {
          const events = await collect(sound.readEvents(runId, options))
          for (const event of events)
            yield writing > 0 && event === events.at(-1) ? { ...event, ts: '' } : event
        },
      }
    },
  }
}

function followersLeaveTogether(): BrokenStorage {
  return flawed('follow-left', (sound) => {
    let together = new AbortController()
    return {
      async *readEvents(runId, options) {
        const mine = together
        try {
          yield* sound.readEvents(runId, { ...options, signal: mine.signal })
        } finally {
          mine.abort()
          together = new AbortController()
        }
      },
    }
  })
}
