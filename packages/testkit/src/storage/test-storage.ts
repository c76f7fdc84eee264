import { checkOptions, type MembersOf, type RunStorage } from '@batonjs/core'
import {
  type ConformanceCase,
  register,
  type Skips,
  skips,
  type TestRunner,
  testRunner,
  withSkips,
} from '../suite/suite.ts'
import { appendCases } from './append-cases.ts'
import { artifactCases } from './artifact-cases.ts'
import { createCases } from './create-cases.ts'
import { inputCases } from './input-cases.ts'
import { listCases } from './list-cases.ts'
import { lockCases } from './lock-cases.ts'
import { readCases } from './read-cases.ts'
import { removeCases } from './remove-cases.ts'
import type { StorageCase, StorageUnderTest } from './storage-kit.ts'

const allCases = {
  ...createCases,
  ...appendCases,
  ...lockCases,
  ...readCases,
  ...inputCases,
  ...artifactCases,
  ...listCases,
  ...removeCases,
}

/** Names of the storage kit's cases. */
export type StorageCaseId = keyof typeof allCases

/** Makes an empty storage, or one with what else the kit may do with it. */
export type CreateStorage = () => RunStorage | StorageUnderTest | Promise<RunStorage | StorageUnderTest>

/** How a storage is tested. */
export interface StorageCasesOptions {
  /** Cases that the storage cannot meet, each with the reason. */
  readonly skip?: Skips<StorageCaseId>
  /** Takes the lock of a run away from its writer, as a takeover by another host does. @default its case is skipped */
  readonly loseLock?: (storage: RunStorage, runId: string) => Promise<void>
  /** Longest time of one operation in milliseconds. @default 10_000 */
  readonly timeoutMs?: number
}

/** How a storage is tested, and by which test runner. */
export interface TestStorageOptions extends StorageCasesOptions {
  readonly test: TestRunner
}

/**
 * Tests that a storage keeps the promises of the port. Each case gets an empty storage of its own.
 *
 * @example
 * testStorage('my storage', () => createMyStorage(), { test: { describe, it } })
 */
export function testStorage(name: string, create: CreateStorage, options: TestStorageOptions): void {
  checkOptions('testStorage', options, { ...members, test: testRunner })
  const { test, ...casesOptions } = options
  register(name, storageCases(create, casesOptions), test)
}

const members: MembersOf<StorageCasesOptions> = {
  'skip?': skips,
  'loseLock?': 'function',
  'timeoutMs?': 'milliseconds',
}

/** The cases of {@link testStorage}, for a runner of another kind. Throws for an unknown option or skip. */
export function storageCases(
  create: CreateStorage,
  options: StorageCasesOptions = {},
): readonly ConformanceCase<StorageCaseId>[] {
  checkOptions('storageCases', options, members)
  const cases = Object.entries<StorageCase>(allCases).map(([id, one]) => ({
    // Object.entries forgets which keys it was given.
    id: id as StorageCaseId,
    title: one.title,
    ...(one.needs === undefined || options.loseLock !== undefined ? {} : { skipped: 'no loseLock is given' }),
    run: () => runCase(one, create, options),
  }))
  return withSkips(cases, options.skip)
}

async function runCase(one: StorageCase, create: CreateStorage, options: StorageCasesOptions): Promise<void> {
  const { timeoutMs = 10_000, loseLock } = options
  const given = await create()
  const tested: StorageUnderTest = 'storage' in given ? given : { storage: given }
  const { storage } = tested
  const other = (await tested.another?.()) ?? storage
  try {
    await one.run({ storage, other, timeoutMs, loseLock: async (runId) => loseLock?.(storage, runId) })
  } finally {
    for (const handle of new Set([storage, other])) await handle.dispose?.()
    await tested.cleanUp?.()
  }
}
