/** My job: the options of an orchestrator with their defaults. */
import type { CheckRunner } from '../engine/check-runner.ts'
import type { StepEngine } from '../engine/engine.ts'
import type { PermissionPolicy } from '../engine/permissions.ts'
import type { RetryPolicy } from '../flow/definition.ts'
import type { Flow, StepFunction } from '../flow/flow.ts'
import type { RunStorage } from '../storage/storage.ts'
import { type Clock, systemClock } from './clock.ts'
import { createMemoryStorage } from './memory/memory-storage.ts'
import type { FallbackEngine, OrchestratorOptions, QuotaPolicy } from './options.ts'
import { Secrets } from './secrets/secrets.ts'
import { createSlotHouse, type SlotHouse } from './slots.ts'
import { createWatchers, type Watchers } from './watchers.ts'

/** An orchestrator's options with their defaults: what all of its runs share. */
export interface Host {
  readonly flows: ReadonlyMap<string, Flow>
  readonly engines: ReadonlyMap<string, StepEngine>
  readonly defaultEngine: string | undefined
  readonly storage: RunStorage
  readonly checks: CheckRunner | undefined
  readonly slots: SlotHouse
  readonly retry: RetryPolicy
  readonly fallbacks: Readonly<Record<string, readonly FallbackEngine[]>>
  readonly quota: QuotaPolicy
  readonly permissions: PermissionPolicy
  /** What must never be recorded. */
  readonly secrets: Secrets
  readonly sync: 'disk' | 'os'
  readonly drainMs: number
  readonly graceMs: number
  readonly workspace: string | undefined
  readonly owner: string
  readonly clock: Clock
  readonly random: () => number
  /** Are shown every event after it was appended. */
  readonly watchers: Watchers
}

const DEFAULT_DRAIN_MS = 30_000
const DEFAULT_GRACE_MS = 5_000

/** Fills in what the options leave out. */
export function createHost(options: OrchestratorOptions): Host {
  const clock = options.clock ?? systemClock
  const engines = new Map((options.engines ?? []).map((engine) => [engine.id, engine]))
  const secrets = new Secrets(options.secrets, options.engines)
  return {
    flows: new Map((options.flows ?? []).map((flow) => [flow.key, flow])),
    engines,
    defaultEngine: options.engine ?? options.engines?.[0]?.id,
    storage: options.storage ?? createMemoryStorage(),
    checks: options.checks,
    slots: createSlotHouse(options.slots, clock, (id) => accountOf(engines.get(id), secrets) ?? id),
    retry: options.retry ?? {},
    fallbacks: options.fallbacks ?? {},
    quota: options.quota ?? {},
    permissions: options.permissions ?? {},
    secrets,
    sync: options.sync ?? 'disk',
    drainMs: options.drainMs ?? DEFAULT_DRAIN_MS,
    graceMs: options.graceMs ?? DEFAULT_GRACE_MS,
    workspace: options.workspace,
    owner: options.owner ?? 'host',
    clock,
    random: options.random ?? Math.random,
    watchers: createWatchers(),
  }
}

/** Whose quota an engine uses up; unknown when the name holds a secret, without which two may be the same. */
function accountOf(engine: StepEngine | undefined, secrets: Secrets): string | undefined {
  const account = engine?.account
  return account === undefined || secrets.holds(account) ? undefined : account
}

/** The code of a function step; a map's step lies under the map's id. */
export function functionOf(host: Host, flowKey: string, stepId: string): StepFunction | undefined {
  return host.flows.get(flowKey)?.functions.get(stepId)
}
