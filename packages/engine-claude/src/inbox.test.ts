import { describe, expect, it } from 'vitest'
import { createInbox } from './inbox.ts'

async function* slowly(...items: readonly string[]): AsyncGenerator<string, void, void> {
  for (const item of items) {
    await new Promise(setImmediate)
    yield item
  }
}

async function* ready(...items: readonly string[]): AsyncGenerator<string, void, void> {
  yield* items
}

async function all(inbox: AsyncIterable<string>, onItem: (item: string) => void = () => {}) {
  const items: string[] = []
  for await (const item of inbox) {
    items.push(item)
    onItem(item)
  }
  return items
}

describe('an inbox', () => {
  it('gives what its source gives, and ends with it', async () => {
    expect(await all(createInbox(slowly('a', 'b')))).toEqual(['a', 'b'])
    expect(await all(createInbox(ready()))).toEqual([])
  })

  it('gives what is pushed after what the source has ready', async () => {
    let hasMore = true
    async function* source() {
      yield* ['a', 'b', 'c']
      while (hasMore) await new Promise(setImmediate)
    }
    const inbox = createInbox<string>(source())
    inbox.push('pushed')
    const items = await all(inbox, (item) => {
      hasMore &&= item !== 'pushed'
    })
    expect(items).toEqual(['a', 'b', 'c', 'pushed'])
  })

  it('gives what is pushed while the source is silent', async () => {
    let end = (): void => {}
    async function* silent(): AsyncGenerator<string, void, void> {
      await new Promise<void>((resolve) => {
        end = resolve
      })
    }
    const inbox = createInbox(silent())
    setImmediate(() => inbox.push('one'))
    const items = await all(inbox, (item) => (item === 'one' ? inbox.push('two') : end()))
    expect(items).toEqual(['one', 'two'])
  })

  it('throws what the source throws, after what it gave', async () => {
    async function* failing(): AsyncGenerator<string, void, void> {
      yield 'a'
      throw new Error('gone')
    }
    const seen: string[] = []
    await expect(all(createInbox(failing()), (item) => void seen.push(item))).rejects.toThrow('gone')
    expect(seen).toEqual(['a'])
  })

  it('throws the reason of an abort, before and while it waits', async () => {
    const reason = new Error('stop')
    await expect(all(createInbox(ready('a'), AbortSignal.abort(reason)))).rejects.toBe(reason)
    const controller = new AbortController()
    async function* never(): AsyncGenerator<string, void, void> {
      await new Promise(() => {})
    }
    const reading = all(createInbox(never(), controller.signal))
    setImmediate(() => controller.abort(reason))
    await expect(reading).rejects.toBe(reason)
  })

  it('asks no more than one item of a source that nobody reads', async () => {
    let asked = 0
    async function* counting(): AsyncGenerator<string, void, void> {
      for (;;) {
        asked += 1
        yield String(asked)
      }
    }
    const iterator = createInbox(counting())[Symbol.asyncIterator]()
    await iterator.next()
    await new Promise(setImmediate)
    expect(asked).toBe(2)
  })
})
