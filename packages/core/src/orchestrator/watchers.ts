/** My job: the window for listeners of the host; nothing in Baton depends on them. */
import { EventEmitter } from 'eventemitter3'
import type { DurableEvent } from '../events/swarm-event.ts'

/** Called with each event of a type, or with every event for `'*'`, after it was appended. */
export type Watcher = (event: DurableEvent) => void

/** A window on the events of every run of an orchestrator; never control flow. */
export interface Watchers {
  /** Returns a way to stop watching. */
  on(type: DurableEvent['type'] | '*', watcher: Watcher): () => void
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
        try {
          watcher(event)
        } catch (thrown) {
          onThrow(event, thrown)
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
