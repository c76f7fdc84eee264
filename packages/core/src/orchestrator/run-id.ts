/** My job: the ids of new runs (rule J4). */
import type { Host } from './host.ts'

const LETTERS = 'abcdefghijklmnopqrstuvwxyz0123456789'

/** A new run id, `run-YYYYMMDD-HHMMSS-xxxxxx` in UTC. @source A4 RunId */
export function createRunId({ clock, random }: Host): string {
  const [date = '', time = ''] = new Date(clock.now()).toISOString().split('T')
  const letters = Array.from({ length: 6 }, () => LETTERS[Math.floor(random() * LETTERS.length)] ?? 'x')
  return `run-${date.replaceAll('-', '')}-${time.slice(0, 8).replaceAll(':', '')}-${letters.join('')}`
}
