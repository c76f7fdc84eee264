/** My job: what a storage has to tell about a run, as events of the run. */
import type { EventDraft } from '../events/swarm-event.ts'
import type { RunWriter } from '../storage/storage.ts'

/** A diagnostic for each notice of the writer. */
export function noticesOf({ notices = [] }: RunWriter): readonly EventDraft[] {
  return notices.map(({ code, message }) => ({ type: 'diagnostic' as const, code, message }))
}
