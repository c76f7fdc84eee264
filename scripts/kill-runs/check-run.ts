import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import type { DurableEvent } from '@batonjs/core'
import { checkJournal } from '@batonjs/testkit'

/** What a run that was killed kept of its promise. */
export interface RunVerdict {
  readonly problems: readonly string[]
  /** Calls that were cut off. */
  readonly interrupted: number
  /** Steps that had ended before the last resume. */
  readonly reused: number
}

/** Holds a run to its promise: a legal journal, the same report, no finished step run twice. */
export function checkRun(folder: string, report: Buffer): RunVerdict {
  const events = readEvents(join(folder, 'events.jsonl'))
  const path = join(folder, 'repo-review', 'report.md')
  const problems = [...checkJournal(events), ...repeated(events)]
  if (!existsSync(path)) problems.push('there is no report')
  else if (!readFileSync(path).equals(report)) problems.push('the report differs')
  if (events.at(-1)?.type !== 'run_completed') problems.push(`the last event is ${events.at(-1)?.type}`)
  const resumedAt = events.findLastIndex(({ type }) => type === 'run_resumed')
  return {
    problems,
    interrupted: events.filter((event) => event.type === 'step_error' && event.error.code === 'interrupted')
      .length,
    reused: events.slice(0, Math.max(0, resumedAt)).filter(({ type }) => type === 'step_end').length,
  }
}

function readEvents(path: string): readonly DurableEvent[] {
  const lines = readFileSync(path, 'utf8').trimEnd().split('\n')
  // The lines of a journal are events; the run has just been resumed from them.
  return lines.map((line) => JSON.parse(line) as DurableEvent)
}

/** A start of an execution that had already ended well. */
function repeated(events: readonly DurableEvent[]): readonly string[] {
  const done = new Set<string>()
  const problems: string[] = []
  for (const event of events) {
    if (event.type !== 'step_start' && event.type !== 'step_end') continue
    const key = `${event.frame}/${event.stepId}[${event.item ?? ''}]#${event.iteration}`
    if (event.type === 'step_end') done.add(key)
    else if (done.has(key)) problems.push(`${key} ran again after it had ended`)
  }
  return problems
}
