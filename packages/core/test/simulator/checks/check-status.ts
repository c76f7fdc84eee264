/** The status of a run tells that it waits for a quota only while nothing else goes on (rules B1 and S3). */
import type { DurableEvent } from '../../../src/events/swarm-event.ts'
import { foldRun } from '../../../src/run/fold.ts'
import { statusOf } from '../../../src/run/summary.ts'

/** What the status after prefixes of these lengths hides. */
export function checkStatus(journal: readonly DurableEvent[], lengths: readonly number[]): readonly string[] {
  if (!journal.some(({ type }) => type === 'quota_waiting')) return []
  return lengths.flatMap((length) => {
    const prefix = journal.slice(0, length)
    if (statusOf(foldRun(prefix)) !== 'waiting_quota') return []
    const [other] = goingOn(prefix)
    const problem = other ?? (waiting(prefix) ? undefined : 'nothing waits for one')
    return problem === undefined ? [] : [`seq ${length}: the run is waiting_quota, but ${problem}`]
  })
}

type Place = Extract<DurableEvent, { readonly type: 'step_start' }>

/** Calls that run and ask nobody, and attempts that wait for something else than a quota. */
function goingOn(prefix: readonly DurableEvent[]): readonly string[] {
  const on = new Map<string, string>()
  const asked = new Map<string, Set<string>>()
  for (const event of prefix) {
    if (!('stepId' in event)) continue
    const name = nameOf(event)
    if (event.type === 'step_start' && (event.kind === 'agent' || event.kind === 'function'))
      on.set(name, `${name} runs`)
    if (event.type === 'step_end' || event.type === 'step_skipped') on.delete(name)
    if (event.type === 'step_error') {
      on.delete(name)
      const isRetry = event.willRetry && event.retryAt !== undefined && event.error.code !== 'quota'
      if (isRetry) on.set(name, `${name} is tried again`)
    }
    if ('answerSchema' in event) asked.set(name, (asked.get(name) ?? new Set()).add(event.requestId))
    else if ('outcome' in event && 'requestId' in event) asked.get(name)?.delete(event.requestId)
  }
  return [...on].filter(([name]) => (asked.get(name)?.size ?? 0) === 0).map(([, what]) => what)
}

/** Whether some attempt has found its quota used up, and has not begun again: the wait is told right after it. */
function waiting(prefix: readonly DurableEvent[]): boolean {
  const names = new Set<string>()
  for (const event of prefix) {
    if (event.type === 'step_error' && event.error.code === 'quota') names.add(nameOf(event))
    else if (event.type === 'step_start' || event.type === 'step_skipped') names.delete(nameOf(event))
  }
  return names.size > 0
}

function nameOf({
  frame,
  stepId,
  item = '',
}: Pick<Place, 'frame' | 'stepId'> & { readonly item?: string }): string {
  return `${frame}/${stepId}[${item}]`
}
