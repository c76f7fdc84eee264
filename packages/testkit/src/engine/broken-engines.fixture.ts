import type { EngineEvent, StepEngine, StepResult } from '@batonjs/core'
import { createSoundEngine, type Flaws } from './sound-engine.fixture.ts'
import type { EngineCaseId } from './test-engine.ts'

type Call = AsyncGenerator<EngineEvent, StepResult, void>

const yields = (...events: unknown[]): Flaws => ({ events })
const start = { type: 'tool_start', toolCallId: 't1', tool: 'read' }
const end = { type: 'tool_end', toolCallId: 't1', tool: 'read', success: true }
const never = new Promise<never>(() => {})
const refused: StepResult = {
  status: 'failed',
  output: '',
  error: { code: 'refused', message: 'Not now', retryable: true },
}

/** Each breaks one promise in one way; the first of the cases is the one that is made for it. */
export const brokenEngines: Readonly<Record<string, { caughtBy: EngineCaseId; create: () => StepEngine }>> = {
  'has an id with blanks': broken('port-shape', { id: 'My Engine' }),
  'speaks another version of the port': broken('port-shape', { members: { specVersion: 2 } }),
  'has a number for a mode': broken('port-shape', { members: { mode: 7 } }),
  'probes without a word on availability': broken('probe-tells', { members: { probe: async () => ({}) } }),
  'is unavailable and does not say why': broken('probe-tells', {
    members: { probe: async () => ({ available: false }) },
  }),
  'throws when it is disposed of again': broken('dispose-twice', { members: { dispose: disposeOnce() } }),
  'returns a promise of its result': broken('starts-lazily', {
    runStep: async () => ({ status: 'succeeded', output: '' }),
  }),
  'throws instead of giving a generator': broken('starts-lazily', { runStep: () => raise('at once') }),
  'asks before it is told to begin': broken('starts-lazily', {
    runStep(sound, context) {
      context.approve({ name: 'eager' }).catch(() => {})
      return sound(context)
    },
  }),

  'fails a plain prompt': broken('plain-call-succeeds', { result: refused }),
  'throws on a plain prompt': broken('plain-call-succeeds', {
    runStep: (sound, context) => throwing(sound(context)),
  }),
  'never ends': broken('plain-call-succeeds', { runStep: (sound, context) => endless(sound(context)) }),
  'yields an event of its own invention': broken(
    'events-are-legal',
    yields({ type: 'step_end', status: 'succeeded' }),
  ),
  'yields text instead of events': broken('events-are-legal', yields('Hello')),
  'yields a chunk without text': broken('events-are-legal', yields({ type: 'token_chunk' })),
  'yields tool input that JSON cannot hold': broken(
    'events-are-legal',
    yields({ ...start, input: { n: 1n } }, end),
  ),
  'yields negative usage': broken('events-are-legal', yields({ type: 'usage', usage: { inputTokens: -1 } })),
  'yields changes of no kind': broken(
    'events-are-legal',
    yields({ type: 'file_changes', files: [{ path: 'a', action: 'moved' }] }),
  ),
  'returns no status': broken('result-is-legal', { result: { status: undefined } }),
  'returns an output that is no text': broken('result-is-legal', { result: { output: { text: 'x' } } }),
  'returns usage that is no number': broken('result-is-legal', {
    result: { usage: { totalTokens: Number.NaN } },
  }),
  'returns half a token': broken('result-is-legal', { result: { usage: { totalTokens: 0.5 } } }),
  'returns a negative cost': broken('result-is-legal', { result: { costUsd: -0.1 } }),
  'returns data that JSON cannot hold': broken('structured-output', { result: { data: new Map() } }),
  'returns data that does not match the schema': broken('structured-output', {
    result: { data: { greeting: 'Hello', language: 'fr' } },
  }),
  'counts usage in names of its own': broken(
    'events-are-legal',
    yields({ type: 'usage', usage: { prompt_tokens: 5 } }),
  ),
  'returns usage in names of its own': broken('result-is-legal', { result: { usage: { prompt_tokens: 5 } } }),
  'misspells its verdict': broken('result-is-legal', { result: { handoff: { verdct: 'VERIFIED' } } }),
  'tells a session that nobody keeps': broken(
    'events-are-legal',
    yields({ type: 'session', session: 'x'.repeat(1_100_000) }),
  ),
  'fails without an error': broken('failure-is-told', {
    runStep: (sound, context) => silent(sound(context)),
  }),
  'throws text': broken('failure-is-told', {
    runStep: (sound, context) =>
      context.prompt === 'fail' ? throwing(sound(context), 'overloaded') : sound(context),
  }),
  'yields after its result': broken('ends-once', { runStep: (sound, context) => reviving(sound(context)) }),
  'returns its result again and again': broken('ends-once', {
    runStep: (sound, context) => repeating(sound(context)),
  }),
  'ends a tool call that never began': broken('tools-pair', yields(end)),
  'uses one tool call id twice': broken('tools-pair', yields(start, end, start, end)),
  'leaves a tool call open': broken('tools-pair', yields(start)),
  'tells usage by the turn instead of so far': broken(
    'usage-grows',
    yields({ type: 'usage', usage: { inputTokens: 9 } }, { type: 'usage', usage: { inputTokens: 2 } }),
  ),
  'writes into the params': broken('context-is-left-alone', {
    runStep(sound, context) {
      Object.assign(context.params, { seen: true })
      return sound(context)
    },
  }),
  'gives up when it is asked to mend': broken('repairs-an-answer', {
    runStep: (sound, context) =>
      context.promptParts.repair === '' ? sound(context) : silent(sound(context), true),
  }),
  'refuses a second attempt': broken('tries-again', {
    runStep: (sound, context) => (context.attempt > 1 ? throwing(sound(context)) : sound(context)),
  }),
  'chokes on an empty prompt': broken('odd-prompts', {
    runStep: (sound, context) => (context.prompt === '' ? endless(sound(context)) : sound(context)),
  }),
  'makes one call at a time and drops the others': broken('calls-are-independent', oneAtATime()),
  'answers with the prompt of the call before': broken('same-call-same-answer', stale()),

  'does not look at a signal that is already aborted': broken('aborted-before', {
    runStep: (sound, context) => (context.signal.aborted ? endless(sound(context)) : sound(context)),
  }),
  'forgets the signal': broken('aborted-midway', {
    runStep: (sound, context) => (context.prompt === 'slow' ? endless(sound(context)) : sound(context)),
  }),
  'listens for an abort only once it waits': broken('aborted-midway', {
    runStep: (sound, context) => late(sound(context), context.signal),
  }),
  'claims success when it is aborted': broken('aborted-midway', {
    runStep: (sound, context) => boasting(sound(context)),
  }),
  'ends all calls when one is aborted': broken('abort-is-its-own', sharedAbort()),
  'does not let its reader leave': broken('left-midway', {
    runStep: (sound, context) => (context.prompt === 'slow' ? clinging(sound(context)) : sound(context)),
  }),

  'acts without asking': broken('approved-action', {
    runStep: (sound, context) => sound({ ...context, prompt: 'bold' }),
  }),
  'acts on an approval without naming it': broken('approved-action', {
    runStep: (sound, context) => nameless(sound(context)),
  }),
  'shows another input than the tool is given': broken('approved-is-done', {
    runStep: (sound, context) =>
      sound({ ...context, approve: (action) => context.approve({ ...action, input: { path: 'another' } }) }),
  }),
  'acts on a rejected action': broken('rejected-action', {
    runStep: (sound, context) =>
      sound({
        ...context,
        approve: async (action) => ({ ...(await context.approve(action)), approved: true }),
      }),
  }),
  'acts when nobody can be asked': broken('people-fail', {
    runStep: (sound, context) =>
      sound({
        ...context,
        approve: (action) =>
          context.approve(action).catch(() => ({ requestId: 'none', approved: true, by: 'nobody' })),
      }),
  }),
}

function broken(caughtBy: EngineCaseId, flaws: Flaws) {
  return { caughtBy, create: () => createSoundEngine(flaws) }
}

function disposeOnce() {
  let disposed = false
  return async () => {
    if (disposed) raise('already disposed')
    disposed = true
  }
}

async function* throwing(call: Call, value: unknown = new Error('refused')): Call {
  yield* firstOf(call)
  throw value
}

async function* endless(call: Call): Call {
  yield* firstOf(call)
  return never
}

async function* firstOf(call: Call): AsyncGenerator<EngineEvent, void, void> {
  const first = await call.next()
  if (first.done !== true) yield first.value
}

async function* silent(call: Call, always = false): Call {
  const { error, ...result } = yield* call
  return always ? { ...result, status: 'failed' } : result
}

async function* boasting(call: Call): Call {
  return { ...(yield* call), status: 'succeeded' }
}

async function* late(call: Call, signal: AbortSignal): Call {
  for (let event = await call.next(); event.done !== true && !signal.aborted; event = await call.next())
    yield event.value
  await new Promise((resolve) => signal.addEventListener('abort', resolve))
  return refused
}

async function* nameless(call: Call): Call {
  for (;;) {
    const step = await call.next()
    if (step.done === true) return step.value
    const { requestId, ...event } = { requestId: undefined, ...step.value }
    // The event without the id that it should carry.
    yield event as EngineEvent
  }
}

function reviving(call: Call): unknown {
  return ending(call, () => ({ done: false, value: { type: 'token_chunk', text: 'late' } }))
}

function repeating(call: Call): unknown {
  return ending(call, (result) => ({ done: true, value: result }))
}

/** A call that gives something of its own once it is over. */
function ending(call: Call, after: (result: StepResult) => unknown): unknown {
  let result: StepResult | undefined
  return {
    [Symbol.asyncIterator]: () => call,
    return: (value: StepResult) => call.return(value),
    throw: (cause: unknown) => call.throw(cause),
    async next() {
      if (result !== undefined) return after(result)
      const step = await call.next()
      if (step.done === true) result = step.value
      return step
    },
  }
}

function clinging(call: Call): unknown {
  return {
    [Symbol.asyncIterator]: () => call,
    next: () => call.next(),
    throw: () => never,
    return: () => never,
  }
}

function oneAtATime(): Flaws {
  let running: object | undefined
  return {
    async *runStep(sound, context) {
      const me = {}
      running = me
      const call = sound(context)
      yield* firstOf(call)
      if (running !== me) raise('another call began')
      return yield* call
    },
  }
}

function stale(): Flaws {
  let before = ''
  return {
    async *runStep(sound, context) {
      const output = before
      before = context.prompt
      return { ...(yield* sound(context)), output }
    },
  }
}

function sharedAbort(): Flaws {
  let anyAborted = false
  return {
    async *runStep(sound, context) {
      context.signal.addEventListener('abort', () => {
        anyAborted = true
      })
      const result = yield* sound(context)
      return anyAborted ? refused : result
    },
  }
}

function raise(message: string): never {
  throw new Error(message)
}
