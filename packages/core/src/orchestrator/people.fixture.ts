import type { DurableEvent } from '../events/swarm-event.ts'
import type { StepInput } from '../flow/flow.ts'
import type { Run } from './options.ts'
import {
  createProcess,
  journalOf,
  type ProcessOptions,
  readUntil,
  type TestProcess,
} from './process.fixture.ts'

export const DAY = 86_400_000
export const approve = { approved: true }
export const reject = { approved: false }

/** An approval, with whatever policy a case asks for, and a step that needs it. */
export function gate(policy: object = {}): readonly StepInput[] {
  return [
    // A policy of the approval: the linter refuses anything else.
    { id: 'gate', kind: 'approval', prompt: 'Ship?', needs: [], ...policy } as StepInput,
    { id: 'after', prompt: 'After', needs: ['gate'] },
  ]
}

/** A run that somebody was asked by, and the process that owns it. */
export interface Asking extends TestProcess {
  readonly run: Run
  readonly request: Extract<DurableEvent, { answerSchema: unknown }>
  readonly requestId: string
  readonly journal: () => Promise<readonly DurableEvent[]>
}

/** Begins a run and reads it until it asks somebody. */
export async function beginAsking(
  steps: readonly StepInput[],
  options: ProcessOptions = {},
): Promise<Asking> {
  const process = createProcess(steps, options)
  const run = await process.orchestrator.start({ runId: 'run-1' })
  const asked = await requestOf(run)
  return { ...process, run, ...asked, journal: () => journalOf(process.storage, 'run-1') }
}

/** The first request of a run, as soon as there is one. */
export async function requestOf(run: Run): Promise<Pick<Asking, 'request' | 'requestId'>> {
  const request = (await readUntil(run, (event) => 'answerSchema' in event)).at(-1)
  if (request === undefined || !('answerSchema' in request)) throw new Error('Nobody was asked')
  return { request, requestId: request.requestId }
}
