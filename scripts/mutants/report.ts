import type { Fate, Killer } from './hunt.ts'

const MESSAGE_LENGTH = 120

/** One line about a mutant that was just tried. */
export function progressLine({ mutant, killer, untried, tookMs }: Fate): string {
  const { rule, off } = mutant
  const fate = untried ?? (killer === undefined ? 'SURVIVES' : `killed by ${nameOf(killer)}`)
  return `${rule}: ${off}: ${fate} (${(tookMs / 1_000).toFixed(1)} s)`
}

/** All mutants as a Markdown table, with a column for the simulator when it was asked about each. */
export function toTable(fates: readonly Fate[], withSimulator: boolean): string {
  const heads = ['rule', 'turned off', 'killed by', ...(withSimulator ? ['the simulator alone'] : [])]
  const rows = fates.map((fate) => {
    const { mutant, killer, simulator, untried } = fate
    const end =
      untried === undefined ? (killer === undefined ? '**survives**' : nameOf(killer)) : '**not tried**'
    return [mutant.rule, mutant.off, end, ...(withSimulator ? [toldBy(simulator)] : [])]
  })
  return [heads, heads.map(() => '---'), ...rows]
    .map((cells) => `| ${cells.map(cell).join(' | ')} |`)
    .join('\n')
}

/** How many died, and of what. */
export function summaryOf(fates: readonly Fate[], withSimulator: boolean): string {
  const untried = fates.filter((fate) => fate.untried !== undefined).length
  const killed = fates.filter(({ killer }) => killer !== undefined)
  const hung = killed.filter(({ killer }) => killer?.kind === 'timeout').length
  const files = new Set(fates.map(({ mutant }) => mutant.file)).size
  const simulated = fates.filter(({ simulator }) => simulator !== undefined).length
  return [
    `${fates.length} mutants in ${files} files: ${killed.length} killed`,
    ...(hung === 0 ? [] : [`${hung} of them by a timeout`]),
    `${fates.length - killed.length - untried} survive`,
    `${untried} not tried`,
    ...(withSimulator ? [`the simulator alone kills ${simulated}`] : []),
  ].join(', ')
}

function nameOf(killer: Killer): string {
  if (killer.kind === 'test') return killer.test.title
  return `a timeout: ${killer.what} did not end within ${killer.limitMs / 1_000} s`
}

function toldBy(killer: Killer | undefined): string {
  if (killer === undefined) return '–'
  return killer.kind === 'test' ? killer.test.message.slice(0, MESSAGE_LENGTH) : 'does not end'
}

function cell(text: string): string {
  return text.replaceAll('|', '\\|').replaceAll('\n', ' ')
}
