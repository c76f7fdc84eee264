/** Rules on how the area changed within the window. */
import { code, count, percent, thousands } from '../report/markdown.ts'
import { type Rule, tellsChange } from './rule.ts'
import { shortPath } from './totals.ts'

/** Long files that keep changing. */
export const hotSpot: Rule = ({ area, commits }) =>
  area.hotSpots
    .filter((spot) => spot.lines >= 200 && spot.commits >= Math.max(5, commits * 0.04))
    .slice(0, 3)
    .map(({ path, lines, commits: touched, authors }) => {
      const people = authors > 1 ? ` by ${authors} people` : ''
      const often = `changed in ${touched} of the last ${count(commits, 'commit')}${people}`
      const isHigh = lines >= 400 && touched >= commits * 0.08
      const text = `${code(path)} has ${count(lines, 'line')} and ${often}.`
      return { rule: 'hot-spot', severity: isHigh ? 'high' : 'medium', text }
    })

/** Files of which far more was written than stands. */
export const rewritten: Rule = ({ area }) =>
  area.hotSpots
    .filter((spot) => spot.lines >= 80 && spot.commits >= 5 && spot.changedLines >= 4 * spot.lines)
    .slice(0, 2)
    .map(({ path, lines, changedLines }) => {
      const effort = `${count(changedLines, 'line')} were added or removed for the ${thousands(lines)} that stand`
      const text = `${code(path)} is rewritten again and again: ${effort}.`
      return { rule: 'rewritten', severity: 'medium', text }
    })

/** Pairs that reach across areas. */
export const coupled: Rule = ({ files, couplings }) => {
  const here = new Set(files.map(({ path }) => path))
  return couplings
    .filter(({ paths: [a, b] }) => here.has(a) !== here.has(b))
    .slice(0, 2)
    .map(({ paths: [a, b], together, commits }) => {
      const [inside, outside] = (here.has(a) ? [a, b] : [b, a]).map((path) => code(shortPath(path)))
      const often = `changed together in ${together} of ${count(commits, 'commit')}`
      const text = `${inside} and ${outside}, which lies in another area, ${often}.`
      return { rule: 'coupled', severity: together >= 10 ? 'medium' : 'low', text }
    })
}

/** One file that most changes go through. */
export const concentration: Rule = ({ area: { changes, hotSpots, files }, commits }) => {
  const [top] = [...hotSpots].sort((a, b) => b.commits - a.commits)
  const isTop = top !== undefined && top.commits >= Math.max(8, changes * 0.25)
  if (!isTop || files < 6 || !tellsChange(commits)) return []
  const text = `One file takes ${percent(top.commits, changes)} of all changes here: ${code(top.path)}.`
  return [{ rule: 'concentration', severity: 'low', text }]
}

/** Code that nobody touches. */
export const dormant: Rule = ({ area: { changes, sourceLines }, commits }) => {
  if (changes > 0 || sourceLines < 200 || !tellsChange(commits)) return []
  const text = `Nothing here changed in the last ${count(commits, 'commit')}: it is done, or nobody dares.`
  return [{ rule: 'dormant', severity: 'low', text }]
}
