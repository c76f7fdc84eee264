/** My job: the public door: runs are begun, resumed, opened, listed and removed here. */
import type { StepEngine } from '../engine/engine.ts'
import { RunError } from '../errors/swarm-error.ts'
import type { SwarmEvent } from '../events/swarm-event.ts'
import type { Flow } from '../flow/flow.ts'
import { toFlowError } from '../flow/issue.ts'
import { lintFlows } from '../flow/lint-flow.ts'
import type { RunPage, RunQuery } from '../storage/storage.ts'
import { beginRun } from './begin-run.ts'
import { leave } from './control.ts'
import { checkOrchestratorOptions } from './doors/orchestrator-options.ts'
import { checkQuery, checkResume, checkRun, checkRunRequest, checkWatcher } from './doors/requests.ts'
import { createHost, type Host } from './host.ts'
import type { OrchestratorOptions, ResumeOptions, ResumePlan, Run, RunRequest, RunResult } from './options.ts'
import { planResume } from './plan-resume.ts'
import { leavable } from './readers/leavable.ts'
import { resumeRun } from './resume-run.ts'
import { createRunHandle, resultOfSession } from './run-handle.ts'
import { createSecretGate } from './secrets/refuse-secrets.ts'
import type { Session } from './session.ts'
import { Sessions } from './sessions.ts'
import type { WatchedType, Watcher } from './watchers.ts'

/** Runs flows. Make one with {@link createOrchestrator}. */
export interface Orchestrator {
  /**
   * Runs a request and yields its events. Leaving the loop stops the run in order (rule S1). The generator
   * returns the result; after a `for await`, which drops it, `open(runId).result` is the same.
   */
  executeStream(request?: RunRequest): AsyncGenerator<SwarmEvent, RunResult, void>
  /** Runs a request. Resolves with `waiting` when only people can move it. */
  execute(request?: RunRequest): Promise<RunResult>
  /** Begins a run that goes on in the background. */
  start(request?: RunRequest): Promise<Run>
  /** Goes on with a run after a crash, a pause, a stop or a failure. */
  resumeStream(runId: string, options?: ResumeOptions): AsyncGenerator<SwarmEvent, RunResult, void>
  /** As `resumeStream`, collected. */
  resume(runId: string, options?: ResumeOptions): Promise<RunResult>
  /** What a resume would reuse, run again or wait for, and why; makes no call and takes no lock. */
  planResume(runId: string, options?: ResumeOptions): Promise<ResumePlan>
  /** A handle on a run of this process or another. */
  open(runId: string): Run
  /** Runs, the newest first. */
  runs(query?: RunQuery): Promise<RunPage>
  /** Removes a run for good. Throws `run_locked` while somebody owns it. */
  remove(runId: string): Promise<void>
  /** Watches recorded events of a type, or all with `'*'`; returns a way to stop. */
  on<Type extends WatchedType>(type: Type, watcher: Watcher<Type>): () => void
  /** Stops the runs of this process in order, then releases engines and storage. */
  dispose(): Promise<void>
}

/**
 * Makes an orchestrator. Throws a `FlowError` that lists everything that is wrong at once: `options_invalid`
 * for its options, then `secret_refused` and `flow_invalid` for its flows.
 *
 * @example
 * const orchestrator = createOrchestrator({ flows: [hello], engines: [createStubEngine()] })
 * for await (const event of orchestrator.executeStream()) console.log(event.type)
 */
export function createOrchestrator(options: OrchestratorOptions): Orchestrator {
  checkOrchestratorOptions(options)
  const host = createHost(options)
  const admit = createSecretGate(host)
  checkFlows(options.flows ?? [], host)
  const sessions = new Sessions()
  const open = (runId: string, own?: Session): Run =>
    createRunHandle(host, runId, (id) => sessions.find(id), own)
  const begin = async (door: string, request: RunRequest, parks: boolean): Promise<Session> => {
    admit(door, { request })
    checkRunRequest(door, request)
    return sessions.admit(() => beginRun(host, request, parks), request.signal)
  }
  const goOn = async (door: string, runId: string, resume: ResumeOptions): Promise<Session> => {
    admit(door, { runId, options: resume })
    checkResume(door, runId, resume)
    return sessions.admit(
      () => resumeRun(host, runId, { ...resume, parks: door === 'resume' }),
      resume.signal,
    )
  }
  const release = once(() => dispose(host, sessions))

  return {
    executeStream: (request = {}) =>
      leavable((left) => streamSession(() => begin('executeStream', request, false), 1, left)),
    execute: async (request = {}) => resultOfSession(await begin('execute', request, true)),
    async start(request = {}) {
      const session = await begin('start', request, false)
      return open(session.state.runId, session)
    },
    resumeStream: (runId, resume = {}) =>
      leavable((left) => streamSession(() => goOn('resumeStream', runId, resume), undefined, left)),
    resume: async (runId, resume = {}) => resultOfSession(await goOn('resume', runId, resume)),
    async planResume(runId, resume = {}) {
      checkResume('planResume', runId, resume)
      return await planResume(host, runId, resume)
    },
    open: (runId) => open(checkRun('open', runId)),
    runs: async (query = {}) => host.storage.listRuns(checkQuery(query)),
    remove: async (runId) => host.storage.remove(checkRun('remove', runId)),
    on(type, watcher) {
      // It is told of events of its type only.
      const told = watcher as Watcher
      checkWatcher(type, told)
      return host.watchers.on(type, told)
    },
    dispose: release,
  }
}

/** Flows that name unknown flows or engines, or that stand there twice, are refused before anything runs. */
function checkFlows(flows: readonly Flow[], { engines }: Host): void {
  const errors = lintFlows(flows, { engines: [...engines.keys()] }).filter(
    ({ severity }) => severity === 'error',
  )
  if (errors.length > 0) throw toFlowError(errors)
}

/** Yields a session's events from a place on; leaving stops the run and waits until it rests. */
async function* streamSession(
  begin: () => Promise<Session>,
  fromSeq: number | undefined,
  left: AbortSignal,
): AsyncGenerator<SwarmEvent, RunResult, void> {
  const session = await begin()
  const reader = session.broadcast.read(fromSeq ?? session.firstSeq, left)
  let isOver = false
  try {
    for (let event = await reader.next(); event !== undefined; event = await reader.next()) yield event
    isOver = !left.aborted
  } finally {
    await reader.close()
    if (!isOver) {
      session.enqueue(() => leave(session))
      await session.ended.catch(() => {})
    }
  }
  return await resultOfSession(session)
}

/** What is done once, however often it is asked for. */
function once(act: () => Promise<void>): () => Promise<void> {
  let acting: Promise<void> | undefined
  return () => {
    acting ??= act()
    return acting
  }
}

async function dispose(host: Host, sessions: Sessions): Promise<void> {
  await sessions.close()
  const ends = [...host.engines.values()].map((engine) => releaseEngine(host, engine))
  const failures = (await Promise.all(ends)).filter((failure) => failure !== undefined)
  await host.storage.dispose?.()
  if (failures.length === 0) return
  throw new RunError(`Not released: ${failures.join('; ')}`, { code: 'dispose_failed' })
}

/** Releases an engine; tells why it was not, also when it does not come back. */
async function releaseEngine(
  { clock, graceMs, secrets }: Host,
  engine: StepEngine,
): Promise<string | undefined> {
  let cancel = (): void => {}
  const late = new Promise<string>((resolve) => {
    cancel = clock.setTimer(clock.now() + graceMs, () =>
      resolve(`its dispose() took more than ${graceMs} ms`),
    )
  })
  const ended = Promise.resolve(engine)
    .then((released) => released.dispose?.())
    .then(
      () => undefined,
      (thrown: unknown) => secrets.plainError(thrown).message,
    )
  const failure = await Promise.race([ended, late])
  cancel()
  return failure && `engine "${engine.id}": ${failure}`
}
