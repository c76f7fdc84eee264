/** My job: the window for listeners of the host; nothing in Baton depends on them. */
import { EventEmitter } from 'eventemitter3'
import type { DurableEvent } from '../events/swarm-event.ts'

/**
 * Called with each event of a type, or with every event for `'*'`, after it was appended. Nobody waits for it.
 * One that throws or rejects harms nobody; as long as its run goes on that is recorded as `watcher_threw`.
 */
export type Watcher<Type extends WatchedType = '*'> = (event: WatchedEvents[Type]) => void

/** What can be watched: events of a type, or all. */
export type WatchedType = keyof WatchedEvents

/** The events that a watcher is told of, by what it watches. */
export type WatchedEvents = {
  readonly [Type in DurableEvent['type']]: Extract<DurableEvent, { readonly type: Type }>
} & { readonly '*': DurableEvent }

/** A window on the events of every run of an orchestrator; never control flow. */
export interface Watchers {
  /** Returns a way to stop watching. */
  on(type: WatchedType, watcher: Watcher): () => void
  /** Shows events to whoever watches; one that throws is told to `onThrow` and harms nobody else. */
  tell(events: readonly DurableEvent[], onThrow: OnThrow): void
}

type OnThrow = (event: DurableEvent, thrown: unknown) => void

/** Watchers of all runs of an orchestrator. */
export function createWatchers(): Watchers {
  const emitter = new EventEmitter<Record<string, [DurableEvent, OnThrow]>>()
  return {
    on(type, watcher) {
      const isolated = (event: DurableEvent, onThrow: OnThrow): void => {
        const complain = (thrown: unknown): void => onThrow(event, thrown)
        try {
          const given: unknown = watcher(event)
          // An asynchronous one is welcome too, and must not end the process by rejecting.
          if (isThenable(given)) Promise.resolve(given).catch(complain)
        } catch (thrown) {
          complain(thrown)
        }
      }
      emitter.on(type, isolated)
      return () => {
        emitter.off(type, isolated)
      }
    },
    tell(events, onThrow) {
      if (emitter.eventNames().length === 0) return
      for (const event of events) {
        emitter.emit(event.type, event, onThrow)
        emitter.emit('*', event, onThrow)
      }
    },
  }
}

function isThenable(value: unknown): value is PromiseLike<unknown> {
  return typeof value === 'object' && value !== null && 'then' in value
}
