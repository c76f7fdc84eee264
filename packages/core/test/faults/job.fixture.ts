/** The run that the processes of these tests share: small, and with a bit of everything that is recorded. */
import { setTimeout } from 'node:timers/promises'
import {
  createOrchestrator,
  defineFlow,
  type Flow,
  type Orchestrator,
  type RequestHandler,
} from '@batonjs/core'
import { createStubEngine, type StubCall, type StubReply } from '@batonjs/engine-stub'
import { createFsStorage } from '@batonjs/storage-fs'

export const RUN_ID = 'run-1'
const A_MINUTE = 60_000
const A_WHILE = 30

/**
 * What every step does: `work`, or take a while (`slow`); or the step `middle`: waits until it is aborted
 * (`wait`), or ends its process (`exit`); or the n-th call: stops its process until somebody wakes it up.
 */
export type Behaviour = 'work' | 'slow' | 'wait' | 'exit' | `stop-${number}`

/** How an orchestrator of the job is made. */
export interface JobOptions {
  readonly folder: string
  readonly host?: string
  readonly behaviour?: Behaviour
  /** Told of each call as it begins. */
  readonly onCall?: (call: StubCall) => void
  readonly drainMs?: number
}

export const approve: RequestHandler = () => ({ answer: { approved: true }, by: 'ada' })

function createFlows(): readonly Flow[] {
  return [
    defineFlow({
      key: 'main',
      steps: [
        { id: 'first', prompt: 'First', needs: [] },
        { id: 'middle', prompt: 'Middle of $first.output', needs: ['first'] },
        { id: 'each', kind: 'map', items: '["x", "y"]', step: { prompt: 'Do $item' }, needs: ['first'] },
        { id: 'gate', kind: 'approval', prompt: 'Ship?', needs: ['middle', 'each'] },
        { id: 'last', prompt: 'Last of $middle.output', needs: ['gate'] },
      ],
    }),
  ]
}

/** An orchestrator of the job, as every process makes its own. */
export function openJob({
  folder,
  host,
  behaviour = 'work',
  onCall,
  drainMs = 200,
}: JobOptions): Orchestrator {
  let calls = 0
  const act = (call: StubCall): unknown => {
    onCall?.(call)
    calls += 1
    if (behaviour === `stop-${calls}`) process.kill(process.pid, 'SIGSTOP')
    if (behaviour === 'slow') return setTimeout(A_WHILE)
    if (call.stepId !== 'middle') return undefined
    if (behaviour === 'exit') process.exit(7)
    return behaviour === 'wait' ? setTimeout(A_MINUTE, undefined, { signal: call.context.signal }) : undefined
  }
  const reply: StubReply = { acts: [{ kind: 'run', run: act }] }
  return createOrchestrator({
    flows: createFlows(),
    engines: [createStubEngine(() => reply)],
    storage: createFsStorage({ folder, ...(host === undefined ? {} : { host }) }),
    drainMs,
  })
}
