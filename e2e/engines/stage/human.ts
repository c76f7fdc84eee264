/** A human who sits at another process: it knows the folder of the runs and nothing else. */
import { execFile } from 'node:child_process'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import { createOrchestrator } from '@batonjs/core'
import { createFsStorage } from '@batonjs/storage-fs'
import type { Place } from './place.ts'
import { SOURCE_FLAGS } from './source-flags.ts'

/** A decision on one request. */
export interface Decision {
  readonly runId: string
  readonly requestId: string
  readonly approved: boolean
}

/** Answers from a process of its own. */
export async function answerElsewhere({ runs }: Place, decision: Decision): Promise<void> {
  const args = [...SOURCE_FLAGS, fileURLToPath(import.meta.url), runs, JSON.stringify(decision)]
  await promisify(execFile)(process.execPath, args, { env: { PATH: process.env.PATH }, timeout: 30_000 })
}

async function answer(folder: string, { runId, requestId, approved }: Decision): Promise<void> {
  const orchestrator = createOrchestrator({ storage: createFsStorage({ folder }) })
  const outcome = await orchestrator.open(runId).respond(requestId, { approved }, { by: 'ada' })
  await orchestrator.dispose()
  if (!('accepted' in outcome && outcome.accepted))
    throw new Error(`Not accepted: ${JSON.stringify(outcome)}`)
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  const [, , folder = '', decision = ''] = process.argv
  // What the parent wrote above.
  await answer(folder, JSON.parse(decision) as Decision)
}
