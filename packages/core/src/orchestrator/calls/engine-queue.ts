/** My job: SDKs that call back, as the generators that the engine port wants. */
import type { EngineEvent, StepResult } from '../../engine/result.ts'
import { type Bell, createBell } from '../readers/bell.ts'

/** Turns an SDK that calls back into the generator that `runStep` returns. Make one for each call. */
export interface EngineQueue {
  /** For the SDK: aborts when the call does, and when nobody reads any more. */
  readonly signal: AbortSignal
  /** Hands over an event. After the end it is dropped. */
  push(event: EngineEvent): void
  /** The call is over; the first end counts. */
  end(result: StepResult): void
  /** The call failed with something that was thrown; the first end counts. */
  fail(thrown: unknown): void
  /**
   * Yields what was pushed and returns how the call ended, for `return yield* queue.read()`. Throws what
   * failed the call, and the reason of the abort once that is there. To be read once.
   */
  read(): AsyncGenerator<EngineEvent, StepResult, void>
}

/**
 * Makes a queue for a call with that signal.
 *
 * @example
 * async *runStep({ prompt, signal }) {
 *   const queue = createEngineQueue(signal)
 *   const onText = (text) => queue.push({ type: 'token_chunk', text })
 *   sdk.run(prompt, { onText, signal: queue.signal }).then(
 *     (output) => queue.end({ status: 'succeeded', output }),
 *     (thrown) => queue.fail(thrown),
 *   )
 *   return yield* queue.read()
 * }
 */
export function createEngineQueue(signal: AbortSignal): EngineQueue {
  const own = new AbortController()
  const abort = (): void => own.abort(signal.reason)
  if (signal.aborted) abort()
  else signal.addEventListener('abort', abort)
  const lane: Lane = { waiting: [], ending: undefined, bell: createBell() }
  const end = (how: () => StepResult): void => {
    lane.ending ??= how
    lane.bell.ring()
  }
  return {
    signal: own.signal,
    push(event) {
      if (lane.ending !== undefined) return
      lane.waiting.push(event)
      lane.bell.ring()
    },
    end: (result) => end(() => result),
    fail: (thrown) =>
      end(() => {
        throw thrown
      }),
    async *read() {
      try {
        return yield* follow(lane, own.signal)
      } finally {
        signal.removeEventListener('abort', abort)
        own.abort()
      }
    },
  }
}

/** What was pushed and not yet read, and how the call ended. */
interface Lane {
  waiting: EngineEvent[]
  ending: (() => StepResult) | undefined
  readonly bell: Bell
}

async function* follow(lane: Lane, signal: AbortSignal): AsyncGenerator<EngineEvent, StepResult, void> {
  for (;;) {
    signal.throwIfAborted()
    const events = lane.waiting
    lane.waiting = []
    for (const event of events) {
      yield event
      signal.throwIfAborted()
    }
    if (lane.waiting.length > 0) continue
    if (lane.ending !== undefined) return lane.ending()
    await lane.bell.wait(signal)
  }
}
