/** Whether a census adds up (law 6). */
import type { Census } from '../../../src/events/run-events.ts'
import { isAbsorbed } from './outcome-rule.ts'
import { isOver, type PlainVisit } from './plain-visit.ts'

/** What is wrong with a census; nothing when it is right. */
export function objectionToCensus(census: Census, visits: readonly PlainVisit[]): string | undefined {
  const steps = visits.flatMap((visit) => [...visit.steps.values()].map((step) => ({ visit, step })))
  const failed = steps.filter(({ step }) => step.status === 'failed')
  const succeeded = steps.filter(({ step }) => step.status === 'succeeded').length
  const reasons = Object.values(census.skippedBecause).reduce((sum, count) => sum + count, 0)
  const failures = failed.map(({ visit, step }) => `${visit.id}/${step.id} ${isAbsorbed(visit, step.id)}`)
  const told = census.failures.map(({ step, absorbed }) => `${step} ${absorbed}`)
  const items = steps.flatMap(({ step }) => [...(step.items?.values() ?? [])])
  const count = (status: string): number => items.filter((item) => item.status === status).length
  const wrong = [
    ['succeeded', census.succeeded, succeeded],
    ['failed', census.failed, failed.length],
    ['skipped', census.skipped, steps.length - succeeded - failed.length],
    ['skipped with a reason', reasons, census.skipped],
    ['failures', told.sort().join(), failures.sort().join()],
    ['items that succeeded', census.items.succeeded, count('succeeded')],
    ['items that failed', census.items.failed, count('failed')],
  ].find(([, is, should]) => is !== should)
  const open = steps.filter(({ step }) => !isOver(step) && step.status !== 'pending').length
  if (wrong === undefined) return open === 0 ? undefined : `${open} steps are under way`
  return `the census tells ${wrong[1]} ${wrong[0]} instead of ${wrong[2]}`
}
