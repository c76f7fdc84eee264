/**
 * What a reviewer, a writer and a critic would say, made by fixed rules from the facts. The stub engine
 * answers with these texts when no real engine is configured; each says that it is synthetic.
 */
import type { AreaFacts, Brief, Finding, Severity } from './facts.ts'
import { count, percent, thousands } from './report/markdown.ts'
import { nameOf } from './report/report-areas.ts'
import { sum } from './survey/totals.ts'

/** A critic's answer; plain JSON, so that it can be the data of a step. */
export type SyntheticCritique = {
  readonly verdict: 'VERIFIED' | 'UNVERIFIED'
  readonly text: string
  /** Names of areas that need attention and that the draft does not name. */
  readonly missed: readonly string[]
}

/** What to do about a finding, by its rule. */
const advice: Readonly<Record<string, string>> = {
  'hot-spot': 'Split it along what changes together; `git log -L` on its longest function shows the seams.',
  'long-function': 'Give each stage of it a name of its own, beginning with the deepest branch.',
  rewritten: 'Its design has not settled: agree on what it is for before the next change.',
  'many-long-functions': 'A limit in the linter stops the growth; take the longest apart first.',
  'no-tests': 'Begin with one test of the path that users take, then one for each defect mended.',
  'few-tests': 'Test what changed most in the window before the rest.',
  untested: 'Test that file next, and name the test after it, so that gaps show in the listing.',
  markers: 'Turn each into an issue or delete it: a marker without an owner is forgotten.',
  'deep-nesting': 'Return early, or move the inner loop into a function.',
  'large-file': 'Leave it alone until it has to change, then split what you touch.',
  coupled: 'Find what the two know of each other and give it one home.',
  concentration: 'Whoever changes this area changes that file: review it with two pairs of eyes.',
  'crowded-folder': 'Group the files by what they are about.',
  dormant: 'Ask who knows it, and whether it is still used.',
}
const label = '*Synthetic:*'

/** A review of one area. */
export function syntheticReview(area: AreaFacts): string {
  const steps = adviceOn(area.findings).map((step, index) => `${index + 1}. ${step}`)
  const opening = `${label} ${opinionOn(area)} ${codeSentence(area)}`.trim()
  return steps.length === 0 ? opening : `${opening}\n\n${steps.join('\n')}`
}

function opinionOn({ risk, findings }: AreaFacts): string {
  if (risk === 'high') return 'Look here first.'
  if (risk === 'medium') return 'Worth an afternoon soon.'
  return findings.length === 0 ? 'In good order.' : 'In order, but for what is remarked above.'
}

/** What the areas come to: the worst first, and those that a critic missed in an earlier draft. */
export function syntheticSynthesis(brief: Brief, missed: readonly string[] = []): string {
  const troubled = troubledAreas(brief).filter(({ name }, index) => index < 3 || missed.includes(name))
  const remarked = brief.areas.filter(({ findings }) => findings.length > 0).sort(byWeight)
  const quiet = brief.areas.filter(({ findings }) => findings.length === 0).map(nameOf)
  const rest = quiet.length === 0 ? '' : `Nothing to remark: ${quiet.join(', ')}.`
  const points = pointsOn(troubled.length > 0 ? troubled : remarked.slice(0, 3))
  return [`${label} ${syntheticSummary(brief)}`, points, rest].filter((text) => text !== '').join('\n\n')
}

/** The whole in two sentences. */
export function syntheticSummary(brief: Brief): string {
  const troubled = troubledAreas(brief)
  const size = `${count(brief.lines, 'line')} in ${count(brief.files, 'file')} and ${count(brief.areas.length, 'area')}`
  if (troubled.length === 0) return `${size}. No area stands out as risky.`
  const needs = troubled.length === 1 ? 'One area needs' : `${thousands(troubled.length)} areas need`
  return `${size}. ${needs} attention: ${troubled.map(nameOf).join(', ')}.`
}

/** Checks that a draft names every area that needs attention with the place that proves it. */
export function syntheticCritique(brief: Brief, draft: string): SyntheticCritique {
  const troubled = troubledAreas(brief)
  const missed = troubled
    .filter(({ findings }) => !draft.includes(findings[0]?.text ?? ''))
    .map(({ name }) => name)
  if (missed.length === 0) {
    const what =
      troubled.length === 0
        ? 'no area needs attention, and the draft claims none.'
        : `the draft gives the evidence for each area that needs attention (${troubled.length}).`
    return { verdict: 'VERIFIED', text: `${label} ${what}`, missed }
  }
  const names = missed.map((name) => nameOf({ name })).join(', ')
  return { verdict: 'UNVERIFIED', text: `${label} the draft gives no evidence for ${names}.`, missed }
}

type BriefArea = Brief['areas'][number]

/** The areas of high risk, without any those of medium risk; the one with the most to say first. */
function troubledAreas({ areas }: Brief): readonly BriefArea[] {
  const high = areas.filter(({ risk }) => risk === 'high')
  const chosen = high.length > 0 ? high : areas.filter(({ risk }) => risk === 'medium')
  return [...chosen].sort(byWeight)
}

function byWeight(a: BriefArea, b: BriefArea): number {
  const weight = ({ findings }: BriefArea) => sum(findings, ({ severity }) => weights[severity])
  return weight(b) - weight(a) || b.lines - a.lines
}

const weights: Readonly<Record<Severity, number>> = { high: 100, medium: 10, low: 1 }

/** One point an area; what to do is said where the rule comes up first. */
function pointsOn(areas: readonly BriefArea[]): string {
  const rules = areas.map(({ findings }) => findings[0]?.rule)
  return areas
    .map((area, index) => {
      const rule = rules[index] ?? ''
      const step = rules.indexOf(rule) === index ? ` ${advice[rule] ?? ''}` : ''
      return `${index + 1}. ${nameOf(area)}: ${area.findings[0]?.text ?? ''}${step}`.trimEnd()
    })
    .join('\n')
}

function adviceOn(findings: readonly Finding[]): readonly string[] {
  const texts = findings.flatMap(({ rule }) => advice[rule] ?? [])
  return [...new Set(texts)].slice(0, 3)
}

function codeSentence({ sourceLines, testLines, functions, longFunctions }: AreaFacts): string {
  if (sourceLines === 0) return ''
  const tests = testLines === 0 ? '' : ` and ${count(testLines, 'line')} of tests`
  const share = longFunctions === 0 ? 'none' : percent(longFunctions, functions)
  const long = functions === 0 ? '' : `; of ${count(functions, 'function')} ${share} run long`
  return `${count(sourceLines, 'line')} of code${tests}${long}.`
}
