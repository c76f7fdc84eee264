/** My job: what comes in during a call, one after the other, for the generator of that call. */

/** What came in. To be read by one. */
export interface Inbox<Message> {
  /** Never waits. */
  push(message: Message): void
  /** All that is there and has not been read. */
  takeAll(): readonly Message[]
  /** The next message. Rejects with the reason of the signal once that is aborted. */
  next(): Promise<Message>
}

/** Makes an inbox for a call with that signal. */
export function createInbox<Message>(signal: AbortSignal): Inbox<Message> {
  const messages: Message[] = []
  let wake = (): void => {}
  signal.addEventListener('abort', () => wake(), { once: true })
  return {
    push(message) {
      messages.push(message)
      wake()
    },
    takeAll: () => messages.splice(0),
    async next() {
      for (;;) {
        signal.throwIfAborted()
        const message = messages.shift()
        if (message !== undefined) return message
        await new Promise<void>((resolve) => {
          wake = resolve
        })
      }
    },
  }
}
