/** Draws where a step leads. */
import type { BranchCase, BranchRouting, MicroloopRouting } from '../../../src/flow/routing.ts'
import type { Random } from '../random.ts'

/** Words that branches and loops look for; the behaviours give them. */
export const WORDS = ['A', 'B', 'C'] as const
/** The word that leads back. */
export const AGAIN = 'AGAIN'

/** A branch to these targets, of which one may be the default. */
export function drawBranch(random: Random, targets: readonly string[], back?: string): BranchRouting {
  const cases: BranchCase[] = targets.map((next, index) => drawCase(random, WORDS[index] ?? 'D', next))
  if (back !== undefined) cases.splice(random.int(cases.length + 1), 0, { value: AGAIN, next: back })
  const [fallback] = random.some(targets, 1)
  return {
    kind: 'branch',
    cases,
    ...(fallback !== undefined && random.chance(0.75) ? { default: fallback } : {}),
    ...(back !== undefined && random.chance(0.7) ? { maxIterations: random.int(3) } : {}),
  }
}

function drawCase(random: Random, word: string, next: string): BranchCase {
  switch (random.weighted({ verdict: 60, field: 15, list: 10, not: 5, condition: 10 })) {
    case 'field':
      return { field: 'kind', value: word.toLowerCase(), next }
    case 'list':
      return { operator: 'in', value: [word, 'Z'], next }
    case 'not':
      return { operator: 'not_equals', value: word, next }
    case 'condition':
      return { when: random.pick(['params.n > 1', 'params.flag', 'params.missing > 1']), next }
    default:
      return { value: word, next }
  }
}

/** A loop back to a target. */
export function drawMicroloop(
  random: Random,
  loopTarget: string,
  next: string | undefined,
): MicroloopRouting {
  return {
    kind: 'microloop',
    loopTarget,
    ...(next === undefined ? {} : { next }),
    ...(random.chance(0.7) ? { maxIterations: random.int(3) } : {}),
    ...(random.chance(0.3) ? { stallAfter: random.between(1, 2) } : {}),
    ...(random.chance(0.2) ? { successValues: ['done', 'A'] } : {}),
    ...(random.chance(0.15) ? { field: 'kind' } : {}),
  }
}
