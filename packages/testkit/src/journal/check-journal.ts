import type { DurableEvent } from '@batonjs/core'
import { createAttemptRule } from './attempt-rule.ts'
import { createLifeRule } from './life-rule.ts'
import { createRequestRule } from './request-rule.ts'
import type { JournalRule } from './rule.ts'
import { createSequenceRule } from './sequence-rule.ts'
import { createToolRule } from './tool-rule.ts'
import { createVisitRule } from './visit-rule.ts'

/**
 * What is wrong with a journal by its own laws, as sentences that begin with the `seq`; none for a
 * sound one. A part from the beginning of a sound journal is sound as well.
 *
 * Gapless `seq` from 1; `run_created` first; nothing starts while the run rests; `run_completed` ends
 * it, with nothing left open; every attempt begins once and ends once (E3); what has ended well never
 * begins again, but by a loop or an edit of the flow; every request ends exactly once (H1); tools pair, and act
 * on no request that does not allow it (H4).
 */
export function checkJournal(events: Iterable<DurableEvent>): string[] {
  const rules: readonly JournalRule[] = [
    createSequenceRule(),
    createLifeRule(),
    createVisitRule(),
    createAttemptRule(),
    createRequestRule(),
    createToolRule(),
  ]
  const problems: string[] = []
  for (const event of events) {
    for (const see of rules) {
      for (const problem of see(event)) problems.push(`seq ${event.seq}, ${event.type}: ${problem}`)
    }
  }
  return problems
}
