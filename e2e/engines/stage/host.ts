import {
  createOrchestrator,
  defineFlow,
  type Orchestrator,
  type OrchestratorOptions,
  type PermissionPolicy,
  type StepInput,
} from '@batonjs/core'
import { createFsStorage } from '@batonjs/storage-fs'
import type { Target } from '../targets/target.ts'
import type { Place } from './place.ts'

/** What a cell runs, as data: another process can be given it. */
export interface Job {
  readonly steps: readonly StepInput[]
  /** @default everything is asked */
  readonly permissions?: Pick<PermissionPolicy, 'allow' | 'deny' | 'otherwise'>
}

/** What Baton measures time by. */
export type Timing = Pick<OrchestratorOptions, 'clock' | 'graceMs'>

/** An orchestrator over a real engine and real files. */
export function createHost(
  target: Target,
  place: Place,
  { steps, permissions = {} }: Job,
  timing: Timing = {},
): Orchestrator {
  return createOrchestrator({
    flows: [defineFlow({ key: 'e2e', steps })],
    engines: [target.createEngine(place)],
    storage: createFsStorage({ folder: place.runs }),
    workspace: place.work,
    permissions,
    retry: { maxRetries: 1, delayMs: 20 },
    ...timing,
  })
}
