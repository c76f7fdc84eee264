import type { EngineEvent, StepContext, StepEngine, StepResult } from '@batonjs/core'

/** What a sound engine is changed by to break one promise. */
export interface Flaws {
  readonly id?: string
  readonly members?: object
  /** Events in place of the usual ones. */
  readonly events?: readonly unknown[]
  /** Members of the result in place of the usual ones. */
  readonly result?: object
  readonly runStep?: (sound: StepEngine['runStep'], context: StepContext) => unknown
}

const EVENTS: readonly EngineEvent[] = [
  { type: 'session', session: { id: 's1' } },
  { type: 'tool_start', toolCallId: 't1', tool: 'read', input: { path: 'a' } },
  { type: 'usage', usage: { inputTokens: 3, outputTokens: 1 }, costUsd: 0 },
  { type: 'tool_end', toolCallId: 't1', tool: 'read', success: true },
  { type: 'token_chunk', text: 'Hel' },
  { type: 'file_changes', files: [{ path: 'a', action: 'modified', insertions: 1 }] },
  { type: 'retry_notice', message: 'again', delayMs: 5 },
  { type: 'message', role: 'assistant', content: 'Hello.' },
]

const RESULT: StepResult = {
  status: 'succeeded',
  output: 'Hello.',
  usage: { inputTokens: 3, outputTokens: 2, totalTokens: 5 },
  costUsd: 0.01,
  handoff: { verdict: 'VERIFIED' },
}

/** Scenarios of the sound engine and of every broken one. */
export const SCENARIOS = {
  slow: { prompt: 'slow' },
  failing: { prompt: 'fail' },
  proposing: { prompt: 'propose' },
}

/** A small engine that keeps every promise but those that its flaws break. */
export function createSoundEngine(flaws: Flaws = {}): StepEngine {
  // What a flaw yields is wrong on purpose.
  const events = (flaws.events ?? EVENTS) as readonly EngineEvent[]
  // So is what it returns.
  const result = { ...RESULT, ...flaws.result } as StepResult

  async function* runStep(context: StepContext): AsyncGenerator<EngineEvent, StepResult, void> {
    if (context.signal.aborted) return failed('aborted')
    yield* events
    if (context.prompt === 'fail') return failed('overloaded')
    if (context.prompt === 'propose') yield* propose(context)
    if (context.prompt === 'slow') return abortedOf(context.signal)
    return result
  }

  const { runStep: flawed = (sound, context) => sound(context) } = flaws
  return {
    specVersion: 1,
    id: flaws.id ?? 'sound',
    mode: 'stub',
    probe: async () => ({ available: true }),
    // A flawed runStep gives what no engine may give.
    runStep: ((context) => flawed(runStep, context)) as StepEngine['runStep'],
    dispose: async () => {},
    ...flaws.members,
  }
}

async function* propose(context: StepContext): AsyncGenerator<EngineEvent, void, void> {
  const input = { path: 'a' }
  const { approved, requestId } = await context.approve({ name: 'write', input })
  if (!approved) return
  yield { type: 'tool_start', toolCallId: 't2', tool: 'write', input, requestId }
  yield { type: 'tool_end', toolCallId: 't2', tool: 'write', success: true }
}

async function abortedOf(signal: AbortSignal): Promise<StepResult> {
  if (!signal.aborted)
    await new Promise((resolve) => signal.addEventListener('abort', resolve, { once: true }))
  return failed('aborted')
}

function failed(code: string): StepResult {
  return { status: 'failed', output: '', error: { code, message: `It is ${code}`, retryable: true } }
}
