import type { ConformanceCase } from './suite.ts'

/** Runs every case that is not skipped; tells which failed, with what. */
export async function failuresOf<Id extends string>(
  cases: readonly ConformanceCase<Id>[],
): Promise<Map<Id, string>> {
  const failures = new Map<Id, string>()
  const run = async ({ id, skipped, run: body }: ConformanceCase<Id>) => {
    if (skipped !== undefined) return
    await body().catch((thrown: unknown) => failures.set(id, String(thrown)))
  }
  await Promise.all(cases.map(run))
  return failures
}
