/** The states that live in running sessions: only a look from inside can tell whether a refold equals them. */
import type { DurableEvent, EventDraft } from '../../../src/events/swarm-event.ts'
import { Session } from '../../../src/orchestrator/session.ts'

const seen = new Map<string, Session>()
const { record } = Session.prototype

/** Every session of the simulator that records something can be found by its owner's name. */
Session.prototype.record = function (this: Session, draft: EventDraft): DurableEvent {
  seen.set(this.host.owner, this)
  return record.call(this, draft)
}

/** Forgets the sessions of the run before. */
export function forgetSessions(): void {
  seen.clear()
}

/** The latest session of an owner. */
export function sessionOf(owner: string): Session | undefined {
  return seen.get(owner)
}
