/**
 * Reviews a git repository: real history, files and sizes, reviewed area by area by agent steps.
 *
 *     npm start                        this repository
 *     npm start -- --repo PATH         another one
 *     npm start -- --engine claude     reviewed by a model: claude, gemini, acp:<command>, ai:<model>
 *     npm start -- --resume RUN_ID     goes on with a run that was stopped or killed
 */
import { existsSync } from 'node:fs'
import { join, relative, resolve } from 'node:path'
import { parseArgs } from 'node:util'
import { createOrchestrator, type RunResult, type StepEngine, toPlainError } from '@batonjs/core'
import { createFsStorage } from '@batonjs/storage-fs'
import { openRepository } from './analysis/index.ts'
import { createApprover } from './approver.ts'
import { checkEngine, createReviewEngine, engineNames, readOnly } from './engines.ts'
import { createReviewFlow, REPORT } from './flow.ts'
import { createLiveView, type LiveView } from './live-view.ts'

const help = `Reviews a git repository and writes a report.

  --repo PATH      the repository (this folder)
  --commits N      how many commits of history are read (500)
  --engine NAME    who reviews: ${engineNames} (stub)
  --model NAME     the model to ask the engine for (its own)
  --resume RUN_ID  goes on with a run that was stopped or killed
  --runs PATH      where runs are kept (runs)
  --help           this text
`

const synthetic =
  'The reviews are synthetic: engine-stub wrote them by rule, without a model or a key. The figures are real.'

interface Settings {
  readonly repo: string
  readonly commits: number
  readonly engine: string
  readonly model: string | undefined
  readonly resume: string | undefined
  readonly runs: string
}

function readSettings(): Settings | undefined {
  const { values } = parseArgs({
    options: {
      repo: { type: 'string', default: '.' },
      commits: { type: 'string', default: '500' },
      engine: { type: 'string', default: 'stub' },
      model: { type: 'string' },
      resume: { type: 'string' },
      runs: { type: 'string', default: 'runs' },
      help: { type: 'boolean', default: false },
    },
  })
  if (values.help) return undefined
  const commits = Number(values.commits)
  if (!Number.isInteger(commits) || commits < 1) {
    throw new Error(`--commits is "${values.commits}", but must be a whole number of at least 1.`)
  }
  const { engine, model, resume } = values
  return { repo: resolve(values.repo), commits, engine, model, resume, runs: resolve(values.runs) }
}

/** The first Ctrl-C stops the run in order, the second ends the process; both leave a run to resume. */
function createStopSignal(view: LiveView): AbortSignal {
  const stop = new AbortController()
  const onSignal = (): void => {
    if (stop.signal.aborted) process.exit(130)
    view.hold()
    console.log('Stopping in order. Press Ctrl-C again to stop at once.')
    stop.abort()
  }
  process.on('SIGINT', onSignal)
  process.on('SIGTERM', onSignal)
  return stop.signal
}

async function review(settings: Settings, engine: StepEngine): Promise<RunResult> {
  const view = createLiveView(process.stdout)
  const orchestrator = createOrchestrator({
    flows: [createReviewFlow({ isSynthetic: settings.engine === 'stub' })],
    engines: [engine],
    permissions: readOnly,
    workspace: settings.repo,
    storage: createFsStorage({ folder: settings.runs }),
    owner: `repo-review (${process.pid})`,
  })
  const { repo, commits, model, resume } = settings
  const common = { onRequest: createApprover(view), signal: createStopSignal(view) }
  const events =
    resume === undefined
      ? orchestrator.executeStream({
          params: { repo, commits },
          initiator: 'npm start',
          ...(model === undefined ? {} : { model }),
          ...common,
        })
      : orchestrator.resumeStream(resume, { retryFailed: true, ...common })
  for (let next = await events.next(); ; next = await events.next()) {
    if (next.done === true) {
      view.hold()
      return next.value
    }
    if (next.value.type === 'run_created') console.log(`Run ${next.value.runId}: reviewing ${repo}`)
    view.show(next.value)
  }
}

function summarize(result: RunResult, settings: Settings): string {
  const { runId, status, census, outputs, error } = result
  const folder = join(settings.runs, runId)
  const report = join(folder, REPORT)
  const again = [
    'npm start --',
    ...(settings.runs === resolve('runs') ? [] : ['--runs', settings.runs]),
    ...(settings.engine === 'stub' ? [] : ['--engine', quote(settings.engine)]),
    '--resume',
    runId,
  ]
  const counted =
    census === undefined
      ? `${Object.keys(outputs).length} done so far`
      : `${census.succeeded} succeeded, ${census.failed} failed, ${census.skipped} skipped; ${census.items.succeeded} areas reviewed`
  const lines = [
    '',
    `Outcome   ${status}${error === undefined ? '' : `: ${error.message}`}`,
    `Steps     ${counted}`,
    ...(settings.engine === 'stub' ? [] : [`Used      ${spending(result)}`]),
    ...(existsSync(report) ? [`Report    ${show(report)}`] : []),
    `Events    ${show(join(folder, 'events.jsonl'))}`,
    '',
    ...(existsSync(report) ? [`Read it:    cat ${show(report)}`] : []),
    ...(status === 'succeeded' ? [] : [`Go on:      ${again.join(' ')}`]),
    ...(existsSync(report) && settings.engine === 'stub' ? ['', synthetic] : []),
  ]
  return lines.join('\n')
}

function spending({ usage, costUsd, unpricedCalls }: RunResult): string {
  const tokens = usage.totalTokens === undefined ? 'unknown tokens' : `${usage.totalTokens} tokens`
  if (costUsd === undefined) return `${tokens}, at a price that nobody told`
  const more = unpricedCalls === 0 ? '' : `, and ${unpricedCalls} calls at a price that nobody told`
  return `${tokens}, ${costUsd.toFixed(4)} US dollars${more}`
}

/** For a shell. */
function quote(word: string): string {
  return /^[\w:./-]+$/.test(word) ? word : `'${word}'`
}

function show(path: string): string {
  const short = relative(process.cwd(), path)
  return short.startsWith('..') ? path : short
}

async function main(): Promise<number> {
  const settings = readSettings()
  if (settings === undefined) {
    console.log(help)
    return 0
  }
  // A folder that cannot be reviewed is told of before a run is made for it.
  if (settings.resume === undefined) await openRepository(settings.repo)
  const engine = await createReviewEngine(settings.engine)
  await checkEngine(engine)
  const result = await review(settings, engine)
  console.log(summarize(result, settings))
  return result.status === 'succeeded' ? 0 : result.status === 'stopped' ? 130 : 1
}

try {
  process.exitCode = await main()
} catch (thrown) {
  const { code, message } = toPlainError(thrown)
  console.error(`${message} [${code}]`)
  process.exitCode = 2
}
