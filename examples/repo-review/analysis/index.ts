/** The analysis behind the main job: from a git repository to a report worth reading. */

export { type CollectOptions, collectFacts } from './collect.ts'
export type { AreaFacts, Brief, Finding, Overview, RepoFacts, Survey } from './facts.ts'
export { RepoError, type RepoErrorCode } from './git/repo-error.ts'
export { openRepository } from './git/repository.ts'
export { readFacts } from './prompt-facts.ts'
export { type ReportInput, renderReport } from './report/report.ts'
export type { AreaReview, Critique } from './report/reviews.ts'
export { splitAreas } from './survey/areas.ts'
export {
  type SyntheticCritique,
  syntheticCritique,
  syntheticReview,
  syntheticSummary,
  syntheticSynthesis,
} from './synthetic.ts'
