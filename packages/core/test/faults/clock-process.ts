/** A process whose clock, faked with libfaketime, is set by the run that it works on. */
import { writeFileSync } from 'node:fs'
import { createOrchestrator, defineFlow, toPlainError } from '@batonjs/core'
import { createStubEngine, type StubReplies } from '@batonjs/engine-stub'
import { createFsStorage } from '@batonjs/storage-fs'
import { RUN_ID } from './job.fixture.ts'

/** Everything that waits is under way when the clock is set. */
const A_MOMENT = 50
const DUE = 300

const [command = '', folder = '', jump = ''] = process.argv.slice(2)

function tell(what: string, details: object = {}): void {
  process.stdout.write(`${JSON.stringify({ what, ...details })}\n`)
}

const steps: Readonly<Record<string, StubReplies>> = {
  set: {
    acts: [
      { kind: 'wait', ms: A_MOMENT },
      { kind: 'run', run: () => writeFileSync(process.env.FAKETIME_TIMESTAMP_FILE ?? '', `${jump}\n`) },
    ],
  },
  'flaky#1.1': { fail: { code: 'busy', retryable: true } },
  slow: { acts: [{ kind: 'wait', ms: DUE }], ...(command === 'hang' ? { ending: { kind: 'hang' } } : {}) },
}

const main = defineFlow({
  key: 'main',
  steps: [
    { id: 'set', prompt: 'Set the clock', needs: [] },
    { id: 'flaky', prompt: 'Fail once', retry: { delayMs: DUE }, needs: [] },
    { id: 'slow', prompt: 'Take a while', timeoutMs: 20_000, idleTimeoutMs: 10_000, needs: [] },
    { id: 'gate', kind: 'approval', prompt: 'Go?', deadlineMs: DUE, onReject: 'skip', needs: [] },
    { id: 'last', prompt: 'End', needs: ['set', 'flaky', 'slow', 'gate'], triggerRule: 'all_done' },
  ],
})

const orchestrator = createOrchestrator({
  flows: [main],
  engines: [createStubEngine({ steps })],
  storage: createFsStorage({ folder }),
})
orchestrator.on('step_error', () => tell('failed'))

try {
  const stream =
    command === 'resume'
      ? orchestrator.resumeStream(RUN_ID)
      : orchestrator.executeStream({ runId: RUN_ID, limits: { durationMs: 3 * 24 * 3_600_000 } })
  let next = await stream.next()
  while (next.done !== true) next = await stream.next()
  tell('end', { status: next.value.status })
} catch (thrown) {
  tell('thrown', toPlainError(thrown))
}
