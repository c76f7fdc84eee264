import type { Mutant } from './mutant.ts'
import { answers } from './tables/answers.ts'
import { budgets } from './tables/budgets.ts'
import { calls } from './tables/calls.ts'
import { decisions } from './tables/decisions.ts'
import { edges } from './tables/edges.ts'
import { edits } from './tables/edits.ts'
import { engines } from './tables/engines.ts'
import { flows } from './tables/flows.ts'
import { journal } from './tables/journal.ts'
import { kits } from './tables/kits.ts'
import { locks } from './tables/locks.ts'
import { loops } from './tables/loops.ts'
import { maps } from './tables/maps.ts'
import { memory } from './tables/memory.ts'
import { policies } from './tables/policies.ts'
import { projections } from './tables/projections.ts'
import { readers } from './tables/readers.ts'
import { refusals } from './tables/refusals.ts'
import { requests } from './tables/requests.ts'
import { resume } from './tables/resume.ts'
import { secrets } from './tables/secrets.ts'
import { storage } from './tables/storage.ts'
import { time } from './tables/time.ts'
import { work } from './tables/work.ts'

/** Every mutant, in the order of the design. */
export const mutants: readonly Mutant[] = [
  ...edges,
  ...loops,
  ...decisions,
  ...maps,
  ...calls,
  ...engines,
  ...work,
  ...requests,
  ...answers,
  ...budgets,
  ...policies,
  ...secrets,
  ...resume,
  ...edits,
  ...journal,
  ...readers,
  ...memory,
  ...storage,
  ...projections,
  ...locks,
  ...time,
  ...kits,
  ...flows,
  ...refusals,
]
