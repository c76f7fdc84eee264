/** My job: the ids of inputs, by which a second delivery is told (rule J2). */
import type { Host } from './host.ts'

const LETTERS = 'abcdefghijklmnopqrstuvwxyz0123456789'

/** A new input id. */
export function createInputId({ clock, random }: Host): string {
  const letters = Array.from({ length: 12 }, () => LETTERS[Math.floor(random() * LETTERS.length)] ?? 'x')
  return `in-${clock.now().toString(36)}-${letters.join('')}`
}
