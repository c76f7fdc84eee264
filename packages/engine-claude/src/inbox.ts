/** My job: what comes from a source and what is pushed in between, one after the other. */
import { setImmediate as nextTurn } from 'node:timers/promises'

/** To be read once. Ends with its source, and throws what that throws. */
export interface Inbox<Item> extends AsyncIterable<Item> {
  /** Comes after what the source has ready. Never waits. */
  push(item: Item): void
}

/** Makes an inbox. While nobody reads one item is asked of the source, no more. An abort throws its reason. */
export function createInbox<Item>(source: AsyncIterable<Item>, signal?: AbortSignal): Inbox<Item> {
  const lane: Lane<Item> = { pushed: [], bell: createBell(), given: undefined }
  return {
    push(item) {
      lane.pushed.push(item)
      lane.bell.ring()
    },
    [Symbol.asyncIterator]: () => read(lane, source[Symbol.asyncIterator](), signal),
  }
}

interface Lane<Item> {
  readonly pushed: Item[]
  readonly bell: Bell
  /** What the source has given and nobody has read. */
  given: { readonly result: IteratorResult<Item> } | { readonly thrown: unknown } | undefined
}

async function* read<Item>(
  lane: Lane<Item>,
  iterator: AsyncIterator<Item>,
  signal: AbortSignal | undefined,
): AsyncGenerator<Item, void, void> {
  const { bell } = lane
  signal?.addEventListener('abort', bell.ring)
  try {
    pull(lane, iterator)
    for (;;) {
      signal?.throwIfAborted()
      const ready = await take(lane, iterator)
      if (ready === 'nothing') await bell.rung()
      else if (ready.done === true) return
      else yield ready.value
    }
  } finally {
    signal?.removeEventListener('abort', bell.ring)
  }
}

function pull<Item>(lane: Lane<Item>, iterator: AsyncIterator<Item>): void {
  const give = (given: Lane<Item>['given']): void => {
    lane.given = given
    lane.bell.ring()
  }
  lane.given = undefined
  iterator.next().then(
    (result) => give({ result }),
    (thrown: unknown) => give({ thrown }),
  )
}

async function take<Item>(
  lane: Lane<Item>,
  iterator: AsyncIterator<Item>,
): Promise<IteratorResult<Item, unknown> | 'nothing'> {
  // What was said before comes before what is pushed: the source has a turn to give it.
  if (lane.given === undefined && lane.pushed.length > 0) await nextTurn()
  const { given } = lane
  if (given === undefined) {
    const [pushed] = lane.pushed.splice(0, 1)
    return pushed === undefined ? 'nothing' : { done: false, value: pushed }
  }
  if ('thrown' in given) throw given.thrown
  if (given.result.done !== true) pull(lane, iterator)
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
