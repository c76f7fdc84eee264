/** My job: what comes from a source and what is pushed in between, one after the other. */
import { setImmediate as nextTurn } from 'node:timers/promises'

/** To be read once. Ends with its source, and throws what that throws. */
export interface Inbox<Item> extends AsyncIterable<Item> {
  /** Comes after what the source has ready. Never waits. */
  push(item: Item): void
}

/** What the source has given and nobody has read yet. */
type Given<Item> = { readonly result: IteratorResult<Item> } | { readonly thrown: unknown }

/** Makes an inbox. While nobody reads nothing is asked of the source. An abort throws its reason. */
export function createInbox<Item>(source: AsyncIterable<Item>, signal?: AbortSignal): Inbox<Item> {
  const pushed: Item[] = []
  let wake = (): void => {}
  return {
    push(item) {
      pushed.push(item)
      wake()
    },
    [Symbol.asyncIterator]: () =>
      read(
        source,
        pushed,
        (next) => {
          wake = next
        },
        signal,
      ),
  }
}

async function* read<Item>(
  source: AsyncIterable<Item>,
  pushed: Item[],
  onNews: (wake: () => void) => void,
  signal: AbortSignal | undefined,
): AsyncGenerator<Item, void, void> {
  const bell = createBell()
  onNews(bell.ring)
  signal?.addEventListener('abort', bell.ring)
  const iterator = source[Symbol.asyncIterator]()
  try {
    for (let given = pull(iterator, bell.ring); ; ) {
      signal?.throwIfAborted()
      if (given.now === undefined && pushed.length > 0) await nextTurn()
      if (given.now !== undefined) {
        const result = resultOf(given.now)
        if (result.done === true) return
        yield result.value
        given = pull(iterator, bell.ring)
      } else if (pushed.length > 0) {
        yield* pushed.splice(0, 1)
      } else {
        await bell.rung()
      }
    }
  } finally {
    signal?.removeEventListener('abort', bell.ring)
  }
}

function pull<Item>(iterator: AsyncIterator<Item>, ring: () => void): { now?: Given<Item> } {
  const given: { now?: Given<Item> } = {}
  const settle = (now: Given<Item>): void => {
    given.now = now
    ring()
  }
  iterator.next().then(
    (result) => settle({ result }),
    (thrown: unknown) => settle({ thrown }),
  )
  return given
}

function resultOf<Item>(given: Given<Item>): IteratorResult<Item> {
  if ('thrown' in given) throw given.thrown
  return given.result
}

interface Bell {
  ring(): void
  /** Resolves when it has been rung since the last time. */
  rung(): Promise<void>
}

function createBell(): Bell {
  let hasRung = false
  let wake = (): void => {}
  return {
    ring() {
      hasRung = true
      wake()
    },
    async rung() {
      if (!hasRung) {
        await new Promise<void>((resolve) => {
          wake = resolve
        })
      }
      hasRung = false
    },
  }
}
