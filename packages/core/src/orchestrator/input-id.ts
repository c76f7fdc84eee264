/** My job: the ids of inputs, by which a second delivery is told (rule J2). */
import type { Host } from './host.ts'

const LETTERS = 'abcdefghijklmnopqrstuvwxyz0123456789'

const counts = new WeakMap<Host, number>()

/** A new input id: by time, count and chance, for a host may bring a clock that stands and chance that repeats. */
export function createInputId(host: Host): string {
  const { clock, random } = host
  const count = (counts.get(host) ?? 0) + 1
  counts.set(host, count)
  const letters = Array.from({ length: 12 }, () => LETTERS[Math.floor(random() * LETTERS.length)] ?? 'x')
  return `in-${clock.now().toString(36)}-${count.toString(36)}-${letters.join('')}`
}
