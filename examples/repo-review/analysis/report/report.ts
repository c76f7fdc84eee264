import type { Survey } from '../facts.ts'
import { code, count, embed, plain } from './markdown.ts'
import { areaSection, areaTable } from './report-areas.ts'
import { leftOutList, method } from './report-end.ts'
import { couplingTable, functionTable, hotSpotTable, markerList } from './report-lists.ts'
import { factTable, recentList } from './report-overview.ts'
import type { AreaReview, Critique } from './reviews.ts'

/** What the report is made of. */
export interface ReportInput {
  readonly survey: Survey
  /** In any order: the report has the order of the areas. */
  readonly reviews: readonly AreaReview[]
  /** What the reviews come to, Markdown. */
  readonly synthesis?: string
  readonly critique?: Critique
  /** The texts come from a stub, and the report says so. @default false */
  readonly isSynthetic?: boolean
}

interface Section {
  readonly title: string
  /** Nothing to tell: the section is left out. */
  readonly body: string
}

/**
 * Renders the report, Markdown. It depends on its input only: no clock, no run, no path of this machine,
 * no order of completion, so the same facts and texts give the same bytes. Names from the repository
 * change no markup, and a reviewer's own headings stay below the report's.
 */
export function renderReport({ survey, reviews, synthesis, critique, isSynthetic }: ReportInput): string {
  const { overview, areas } = survey
  const reviewOf = new Map(reviews.map((review) => [review.area, review]))
  const sections: readonly Section[] = [
    { title: 'In short', body: embed(synthesis ?? '', 2) },
    { title: 'The repository', body: factTable(overview, areas) },
    { title: 'Areas', body: areaTable(areas) },
    { title: 'Hot spots', body: hotSpotTable(overview) },
    { title: 'Largest functions', body: functionTable(overview) },
    { title: 'Files that change together', body: couplingTable(overview) },
    { title: 'Unfinished', body: markerList(overview) },
    { title: 'Latest commits', body: recentList(overview) },
    {
      title: 'The areas one by one',
      body: areas.map((area) => areaSection(area, reviewOf.get(area.key))).join('\n\n'),
    },
    { title: 'What the critic says', body: critiqueText(critique) },
    { title: 'What was left out', body: leftOutList(overview, areas, reviewOf) },
    { title: 'How this was computed', body: method(overview) },
  ]
  const told = sections.filter(({ body }) => body !== '').map(({ title, body }) => `## ${title}\n\n${body}`)
  return `${[...opening(survey, isSynthetic === true), ...told].join('\n\n')}\n`
}

function opening({ overview: { name, commit, history } }: Survey, isSynthetic: boolean): readonly string[] {
  const notice =
    '> No model wrote here. The review texts are synthetic: fixed rules made them from the facts. ' +
    'The facts are real: history, files, sizes, churn, functions and markers of this commit.'
  const young =
    `> The history is short: ${count(history.window.commits, 'commit')} to count churn from. ` +
    'Hot spots and files that change together say little yet.'
  return [
    `# Review of ${plain(name)}`,
    `Commit ${code(commit.id.slice(0, 12))} of ${commit.day}: ${plain(commit.subject)}`,
    ...(isSynthetic ? [notice] : []),
    ...(history.window.commits < 20 ? [young] : []),
  ]
}

function critiqueText(critique: Critique | undefined): string {
  return critique === undefined
    ? ''
    : `Verdict: **${plain(critique.verdict)}**\n\n${embed(critique.text, 2)}`.trim()
}
