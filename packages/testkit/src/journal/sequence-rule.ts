import type { JournalRule } from './rule.ts'

/** `seq` is gapless from 1, in one run, and the run is created once, first. */
export function createSequenceRule(): JournalRule {
  let expected = 1
  let runId: string | undefined
  return (event) => {
    const problems: string[] = []
    runId ??= event.runId
    if (event.seq !== expected) problems.push(`has this seq where ${expected} is due`)
    if (event.runId !== runId) problems.push(`belongs to run "${event.runId}" in the journal of "${runId}"`)
    if ((event.type === 'run_created') !== (expected === 1))
      problems.push('run_created is the first event, and only it')
    expected++
    return problems
  }
}
