import type { AreaFacts, Brief, FileKind, HotSpot, Overview, RepoFacts, Survey } from '../facts.ts'
import { type Part, splitFiles } from './area-split.ts'
import { findFindings, riskOf } from './findings.ts'
import { rankHotSpots } from './hot-spots.ts'
import { findNamesakes } from './namesakes.ts'
import type { RuleInput } from './rule.ts'
import { kindsOf, linesOf, listsOf, shortPath, sum, totalsOf } from './totals.ts'

const inArea = { hotSpots: 8, functions: 8, markers: 8, languages: 6 }
const BRIEF_FINDINGS = 4
const inOverview = { hotSpots: 12, functions: 12, markers: 12, languages: 10 }

/**
 * Splits a repository into at most 12 areas, each small enough for one reviewer, and puts the whole on
 * one page. Pure: the same facts give the same survey, in the same order.
 */
export function splitAreas(facts: RepoFacts): Survey {
  const parts = splitFiles(facts.files)
  const hotSpots = rankHotSpots(facts.files)
  const testsApart = areTestsApart(parts)
  const namesakes = findNamesakes(facts.files)
  const keys = uniqueKeys(parts)
  const areas = parts.map((part, index) =>
    judge(toArea(part, keys[index] ?? '', { ...facts, hotSpots }), {
      files: part.files,
      commits: facts.history.window.commits,
      testsApart,
      namesakes,
      couplings: facts.couplings,
    }),
  )
  const overview = toOverview({ ...facts, hotSpots })
  return { overview, areas, brief: toBrief(overview, areas) }
}

type RankedFacts = RepoFacts & { readonly hotSpots: readonly HotSpot[] }

function judge(area: RuleInput['area'], input: Omit<RuleInput, 'area'>): AreaFacts {
  const findings = findFindings({ ...input, area })
  return { ...area, risk: riskOf(findings), findings }
}

function toArea({ folder, files }: Part, key: string, facts: RankedFacts): RuleInput['area'] {
  const paths = new Set(files.map(({ path }) => path))
  const isHere = ({ path }: { readonly path: string }) => paths.has(path)
  const counted = (kind: FileKind) => files.filter((file) => file.kind === kind).length
  const places = {
    hotSpots: facts.hotSpots.filter(isHere),
    functions: facts.functions.filter(isHere),
    markers: facts.markers.filter(isHere),
  }
  return {
    key,
    name: folder === '' ? 'root' : shortPath(folder),
    ...totalsOf(files, inArea.languages),
    sourceLines: linesOf(files, 'source'),
    testLines: linesOf(files, 'test'),
    testFiles: counted('test'),
    changes: sum(files, ({ churn }) => churn.commits),
    insertions: sum(files, ({ churn }) => churn.insertions),
    deletions: sum(files, ({ churn }) => churn.deletions),
    ...listsOf(places, inArea),
    skipped: {
      generated: counted('generated'),
      vendored: counted('vendored'),
      binary: counted('binary'),
      unread: files.filter(({ unread }) => unread !== null).length,
    },
  }
}

function toOverview(facts: RankedFacts): Overview {
  const { name, commit, isShallow, history, files, couplings, leftOut } = facts
  return {
    name,
    commit,
    isShallow,
    history,
    ...totalsOf(files, inOverview.languages),
    bytes: sum(files, ({ bytes }) => bytes),
    kinds: kindsOf(files),
    ...listsOf(facts, inOverview),
    couplings: couplings.map((pair) => ({
      ...pair,
      paths: [shortPath(pair.paths[0]), shortPath(pair.paths[1])],
    })),
    leftOut,
  }
}

function toBrief({ name, commit, files, lines }: Overview, areas: readonly AreaFacts[]): Brief {
  return {
    name,
    commit: commit.id,
    files,
    lines,
    areas: areas.map((area) => ({
      name: area.name,
      risk: area.risk,
      lines: area.lines,
      findings: area.findings.slice(0, BRIEF_FINDINGS),
    })),
  }
}

/** Whether most tests lie in areas of their own, so that an area of code without any says nothing. */
function areTestsApart(parts: readonly Part[]): boolean {
  const ofTests = parts.filter(({ files }) => linesOf(files, 'test') > linesOf(files, 'source'))
  const apart = sum(ofTests, ({ files }) => linesOf(files, 'test'))
  return apart > sum(parts, ({ files }) => linesOf(files, 'test')) / 2
}

/** Keys for a map: `packages/core/` is `packages-core`, of equal ones the later get a number. */
function uniqueKeys(parts: readonly Part[]): readonly string[] {
  const taken = new Set<string>()
  return parts.map(({ folder }) => {
    const plain = folder
      .toLowerCase()
      .replace(/[^a-z0-9._]+/g, '-')
      .replace(/^[-.]+|[-.]+$/g, '')
    const stem = plain.slice(0, 60) || (folder === '' ? 'root' : 'area')
    let key = stem
    for (let number = 2; taken.has(key); number++) key = `${stem}-${number}`
    taken.add(key)
    return key
  })
}
