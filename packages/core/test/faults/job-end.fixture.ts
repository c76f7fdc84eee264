/** What every run of the job must come to, whatever happened to the processes that worked on it. */
import { readdirSync } from 'node:fs'
import { join } from 'node:path'
import type { DurableEvent, RunResult } from '@batonjs/core'
import { allOf, checkJournal } from '@batonjs/testkit'
import { expect } from 'vitest'
import { approve, openJob, RUN_ID } from './job.fixture.ts'
import type { JobProcess, JobRoom } from './job-processes.fixture.ts'

/** How a run ended. */
export type JobEnd = Pick<RunResult, 'status' | 'outputs'>

/** Finishes the run in this process, or begins it when it has never appeared. */
export async function finishJob(folder: string): Promise<JobEnd> {
  const orchestrator = openJob({ folder })
  const [run] = (await orchestrator.runs()).runs
  const request = { onRequest: approve }
  const { status, outputs } =
    run === undefined
      ? await orchestrator.execute({ runId: RUN_ID, ...request })
      : run.status === 'succeeded'
        ? await orchestrator.open(RUN_ID).result
        : await orchestrator.resume(RUN_ID, request)
  await orchestrator.dispose()
  return { status, outputs }
}

/** No call was made that is not recorded: what a process tells of its calls is in the journal that it left. */
export function expectRecorded({ told }: JobProcess, events: readonly DurableEvent[]): void {
  const started = new Set(allOf(events, 'step_start').map(toAddress))
  const calls = told.filter(({ what }) => what === 'call').map(({ address }) => address)
  expect(calls.filter((address) => !started.has(address ?? ''))).toEqual([])
}

function toAddress({
  frame,
  stepId,
  item,
  iteration,
  attempt,
}: DurableEvent & { type: 'step_start' }): string {
  return `${frame}/${stepId}${item === undefined ? '' : `[${item}]`}#${iteration}.${attempt}`
}

/** The journal is sound, and no step has ended twice. */
export function expectSound(events: readonly DurableEvent[]): void {
  expect(checkJournal(events)).toEqual([])
  const ends = allOf(events, 'step_end').map(({ stepId, item }) => `${stepId} ${item}`)
  expect(ends.length).toBe(new Set(ends).size)
}

/**
 * The run ends as one that nothing happened to, and leaves the files that such a run leaves. One that is over
 * already is resumed by nobody: it keeps the files that its process had written when it was killed.
 */
export async function expectUndisturbed(
  room: JobRoom,
  folder: string,
  undisturbed: Undisturbed,
): Promise<void> {
  const isOver = (await room.journalOrNone(folder)).at(-1)?.type === 'run_completed'
  expect(await finishJob(folder)).toEqual(undisturbed.end)
  expectSound(await room.journal(folder))
  const files = new Set(filesOf(folder))
  if (!isOver) expect(undisturbed.files.filter((file) => !files.has(file))).toEqual([])
  // What a probe of the file system leaves is removed an hour later.
  expect(readdirSync(join(folder, '.staging')).filter((name) => !name.startsWith('.probe-'))).toEqual([])
}

/** A run that nothing happened to. */
export interface Undisturbed {
  readonly end: JobEnd
  readonly files: readonly string[]
}

/** Runs the job in peace. */
export async function runUndisturbed(folder: string): Promise<Undisturbed> {
  return { end: await finishJob(folder), files: filesOf(folder) }
}

/** The files that are made from the journal, by the sources' names: a kill takes lines of a transcript away. */
function filesOf(folder: string): readonly string[] {
  const at = join(folder, RUN_ID)
  const entries = readdirSync(at, { recursive: true, withFileTypes: true }).filter((entry) => entry.isFile())
  const names = entries.map(({ parentPath, name }) => join(parentPath, name).slice(at.length + 1))
  return names.filter((name) => !/\/llm\/|\.\d+\.\d+\.json|^lock\./.test(name))
}
