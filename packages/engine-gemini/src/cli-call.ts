/** My job: one headless call: `gemini -o stream-json`, with the prompt on stdin. */
import { resolve } from 'node:path'
import { type ProcessExit, type RunningProcess, startProcess } from '@batonjs/child-process'
import type { EngineEvent, PermissionLists, StepContext, StepResult } from '@batonjs/core'
import { withBlockingOutput } from './blocking-output.ts'
import { toResult } from './cli-outcome.ts'
import { type CliStory, createCliStory, keptSession, readLine } from './cli-story.ts'
import { parseLine } from './fields.ts'
import type { GeminiPlan } from './gemini-plan.ts'
import { prepareHome } from './home.ts'
import { linesUntil } from './lines-until.ts'
import { toRules, writePermissions } from './permission-file.ts'
import { guardPrompt } from './prompt-guard.ts'

type Call = AsyncGenerator<EngineEvent, StepResult, void>

/** Makes a call. A session that Gemini does not know any more is begun anew. */
export async function* runHeadless(plan: GeminiPlan, context: StepContext): Call {
  context.signal.throwIfAborted()
  await prepareHome(plan.setting)
  const permissions = await writePermissions(toRules(context.permissions))
  const { prompt, continuation = prompt } = context
  const sessionId = keptSession(context.session)
  const order = { plan, context, policy: permissions?.path }
  try {
    if (sessionId !== undefined) {
      const { story, exit } = yield* runOnce({ ...order, prompt: continuation, sessionId })
      if (story.hasBegun || exit.code !== UNKNOWN_SESSION) return toResult(story, exit)
    }
    const { story, exit } = yield* runOnce({ ...order, prompt })
    return toResult(story, exit)
  } finally {
    await permissions?.remove()
  }
}

/** Gemini's exit code for what it was given; with `--resume`, that there is no such session in this folder. */
const UNKNOWN_SESSION = 42

interface Order {
  readonly plan: GeminiPlan
  readonly context: StepContext
  readonly policy: string | undefined
  readonly prompt: string
  readonly sessionId?: string
}

interface Told {
  readonly story: CliStory
  readonly exit: ProcessExit
}

async function* runOnce(order: Order): AsyncGenerator<EngineEvent, Told, void> {
  const { signal } = order.context
  const process = await startGemini(order)
  // That it cannot be ended is told below.
  const end = (): void => void process.end().catch(() => {})
  signal.addEventListener('abort', end)
  try {
    const story = createCliStory()
    // It may have been aborted while the program was started.
    for await (const line of linesUntil(signal, process.lines)) yield* readLine(story, parseLine(line))
    const exit = await process.exit
    signal.throwIfAborted()
    return { story, exit }
  } finally {
    signal.removeEventListener('abort', end)
    await process.end()
  }
}

async function startGemini(order: Order): Promise<RunningProcess> {
  const { plan, context, prompt } = order
  const { command, env } = plan.setting
  const cwd = resolve(plan.workspace ?? context.workspace ?? '.')
  return startProcess({
    command,
    args: argumentsOf(order),
    cwd,
    env: withBlockingOutput(env),
    input: await guardPrompt(prompt, cwd),
    install: plan.install,
    mark: context.idempotencyKey,
    sweep: context.attempt > 1,
  })
}

function argumentsOf({ plan, context, policy, sessionId }: Order): readonly string[] {
  const { model = plan.model, permissions } = context
  // It cannot ask: what would be asked does not exist for the model, unless the host allows whatever is not denied.
  const { approvalMode = isOpen(permissions) ? 'yolo' : 'default' } = plan
  return [
    ...['--output-format', 'stream-json', '--model', model, '--approval-mode', approvalMode],
    ...(policy === undefined ? [] : ['--policy', policy]),
    ...(sessionId === undefined ? [] : ['--resume', sessionId]),
  ]
}

function isOpen({ allow, otherwise }: PermissionLists): boolean {
  return otherwise === 'allow' || allow.includes('*')
}
