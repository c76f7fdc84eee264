/** My job: what an orchestrator can be made of; what is wrong is told before anything is made. */
import type { CheckRunner } from '../../engine/check-runner.ts'
import type { StepEngine } from '../../engine/engine.ts'
import type { PermissionPolicy } from '../../engine/permissions.ts'
import type { RetryPolicy } from '../../flow/definition.ts'
import { checkOptions } from '../../input/check-input.ts'
import { type Members, type MembersOf, must, type Shape } from '../../input/shape.ts'
import { isHolder } from '../../input/value.ts'
import type { RunStorage } from '../../storage/storage.ts'
import type { Clock } from '../clock.ts'
import type { FallbackEngine, OrchestratorOptions, QuotaPolicy, Rate, SlotPolicy } from '../options.ts'
import { isSecret, LEAST_CHARACTERS } from '../secrets/secret-forms.ts'

/** Throws `options_invalid` with everything that is wrong. */
export function checkOrchestratorOptions(options: OrchestratorOptions): void {
  const engines = idsIn(options)
  checkOptions('createOrchestrator', options, {
    'flows?': { listOf: flow },
    'engines?': { listOf: engine, distinct: 'id' },
    'storage?': storage,
    'engine?': {
      oneOf: engines,
      ...(engines.length === 0 ? { wanted: 'the id of one of the engines' } : {}),
    },
    'checks?': checks,
    'slots?': { members: slotsOf(engines) },
    'retry?': { members: retry },
    'fallbacks?': { members: fallbacksOf(engines) },
    'quota?': { members: quota },
    'permissions?': { members: permissions },
    'secrets?': { hidden: secrets },
    'sync?': { oneOf: ['disk', 'os'] },
    'drainMs?': 'milliseconds',
    'graceMs?': 'milliseconds',
    'workspace?': 'text',
    'owner?': 'text',
    'clock?': clock,
    'random?': 'function',
  })
}

/** The ids of the engines, as far as they are there. */
function idsIn(options: unknown): readonly string[] {
  const engines = isHolder(options) && Array.isArray(options.engines) ? options.engines : []
  return engines.flatMap((one: Partial<StepEngine> | null) => (typeof one?.id === 'string' ? [one.id] : []))
}

const flow = must('a flow, as defineFlow or parseFlow makes it', isFlow)

/** By what a run needs of it: it may be of another copy of this package. */
function isFlow(value: unknown): boolean {
  return isHolder(value) && typeof value.digest === 'string' && typeof value.functions === 'object'
}

const secrets = must(
  `a list of texts, each of at least ${LEAST_CHARACTERS} characters without the space around it`,
  (value) => Array.isArray(value) && value.every(isSecret),
)

function isTextList(value: unknown): boolean {
  return Array.isArray(value) && value.every((member) => typeof member === 'string')
}

const portVersion = must('1, the version of the port that this Baton knows', (value) => value === 1)

const KEBAB_CASE = /^[a-z][a-z0-9]*(-[a-z0-9]+)*$/

const engineMembers: MembersOf<StepEngine> = {
  specVersion: portVersion,
  id: must('in kebab-case, such as "claude-step"', (id) => typeof id === 'string' && KEBAB_CASE.test(id)),
  'version?': 'text',
  'mode?': 'text',
  'provider?': 'text',
  'account?': 'text',
  'tellsCost?': 'flag',
  'secrets?': { hidden: must('a list of texts', isTextList) },
  runStep: 'function',
  'probe?': 'function',
  'dispose?': 'function',
}

const engine: Shape = {
  open: true,
  wanted: 'an engine, as createStubEngine() makes it',
  members: engineMembers,
}

const storageMembers: MembersOf<RunStorage> = {
  specVersion: portVersion,
  createRun: 'function',
  openRun: 'function',
  readEvents: 'function',
  listRuns: 'function',
  submit: 'function',
  artifacts: 'function',
  remove: 'function',
  'dispose?': 'function',
}

const storage: Shape = {
  open: true,
  wanted: 'a storage, as createMemoryStorage() or createFsStorage({ folder }) makes it',
  members: storageMembers,
}

const checkMembers: MembersOf<CheckRunner> = { run: 'function' }

const checks: Shape = { open: true, members: checkMembers }

const clockMembers: MembersOf<Clock> = { now: 'function', monotonic: 'function', setTimer: 'function' }

const clock: Shape = { open: true, members: clockMembers }

const retry: MembersOf<RetryPolicy> = { 'maxRetries?': 'whole', 'delayMs?': 'whole', 'maxDelayMs?': 'whole' }

const quota: MembersOf<QuotaPolicy> = { 'waitMs?': 'count', 'maxWaitMs?': 'count' }

const permissions: MembersOf<PermissionPolicy> = {
  'allow?': { listOf: 'text' },
  'deny?': { listOf: 'text' },
  'decide?': 'function',
  'otherwise?': { oneOf: ['allow', 'deny', 'ask'] },
}

const rate: MembersOf<Rate> = { calls: 'count', perMs: 'count' }

/** Only what is there can stand in, and only for what is there. */
function fallbacksOf(engines: readonly string[]): Members {
  const fallback: MembersOf<FallbackEngine> = { engine: { oneOf: engines }, 'model?': 'text' }
  return Object.fromEntries(
    engines.map((id) => [`${id}?`, { listOf: { members: fallback }, distinct: 'engine' }]),
  )
}

/** Slots and rates are of engines that are there: any other would never be looked at. */
function slotsOf(engines: readonly string[]): MembersOf<SlotPolicy> {
  const ofEach = (shape: Shape): Shape => ({
    members: Object.fromEntries(engines.map((id) => [`${id}?`, shape])),
  })
  return { 'perRun?': 'count', 'perEngine?': ofEach('count'), 'rates?': ofEach({ members: rate }) }
}
