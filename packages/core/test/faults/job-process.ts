/** A process that does one thing with the job and tells it on standard output, a line of JSON each. */
import { createInterface } from 'node:readline'
import { type Orchestrator, toPlainError } from '@batonjs/core'
import { approve, type Behaviour, openJob, RUN_ID } from './job.fixture.ts'

const [command = '', folder = '', behaviour = 'work', host] = process.argv.slice(2)

function tell(what: string, details: object = {}): void {
  process.stdout.write(`${JSON.stringify({ what, ...details })}\n`)
}

/** The first signal stops the run in order, the second ends the process, as in examples/repo-review. */
function createStopSignal(): AbortSignal {
  const stop = new AbortController()
  const onSignal = (): void => {
    if (stop.signal.aborted) process.exit(130)
    stop.abort()
    tell('stopping')
  }
  process.on('SIGINT', onSignal)
  process.on('SIGTERM', onSignal)
  return stop.signal
}

const open = (at: string): Orchestrator =>
  openJob({
    folder: at,
    // The tests pass nothing else.
    behaviour: behaviour as Behaviour,
    ...(host === undefined ? {} : { host }),
    onCall: ({ address }) => tell('call', { address }),
    drainMs: command === 'run-long' ? 60_000 : 200,
  })
const orchestrator = open(folder)

async function perform(): Promise<object> {
  const common = { onRequest: approve, signal: createStopSignal() }
  switch (command) {
    case 'resume':
      return await orchestrator.resume(RUN_ID, common)
    case 'respond': {
      const { openRequests } = await orchestrator.open(RUN_ID).result
      const requestId = openRequests[0]?.requestId ?? ''
      return await orchestrator.open(RUN_ID).respond(requestId, { approved: true }, { by: 'grace' })
    }
    case 'resume-each':
      return await resumeEach()
    default:
      return await orchestrator.execute({ runId: RUN_ID, ...common })
  }
}

/** Resumes the run of each folder that standard input names, a line each, and tells what came of it. */
async function resumeEach(): Promise<object> {
  tell('ready')
  for await (const at of createInterface({ input: process.stdin })) {
    try {
      tell('resumed', { at, ...(await open(at).resume(RUN_ID, { onRequest: approve })) })
    } catch (thrown) {
      tell('refused', { at, ...toPlainError(thrown) })
    }
  }
  return {}
}

try {
  tell('end', await perform())
} catch (thrown) {
  tell('thrown', toPlainError(thrown))
}
