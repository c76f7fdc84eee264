import {
  type EngineEvent,
  engineEventProblems,
  type JsonValue,
  stepResultProblems,
  toPlainError,
  type Usage,
} from '@batonjs/core'
import { expectEqual, expectThat, fail, within } from '../suite/expect.ts'
import {
  begin,
  type CallOutcome,
  callEngine,
  drain,
  type EngineCase,
  type EngineKit,
  resultOf,
  succeed,
} from './engine-kit.ts'

const SCHEMA = {
  type: 'object',
  properties: { greeting: { type: 'string' }, language: { type: 'string', enum: ['en', 'de'] } },
  required: ['greeting', 'language'],
  additionalProperties: false,
}

/** Prompts that hold what prompts can hold: nothing, much, and what breaks encoders and templates. */
const ODD_PROMPTS = [
  '',
  '\0',
  'lone \ud83d surrogate',
  'a\u2028b\r\nc',
  '$plan.output $$ {{y}} </step>',
  'x'.repeat(200_000),
]

/** What one call does. */
export const callCases = {
  'plain-call-succeeds': {
    title: 'answers a plain prompt',
    async run(kit) {
      await succeed(kit, kit.context())
    },
  },
  'events-are-legal': {
    title: 'yields only events of the port, whole, with no part that core would drop',
    async run(kit) {
      expectLegal((await succeed(kit, kit.context())).events)
    },
  },
  'result-is-legal': {
    title: 'returns a whole result: status, output, and no part that core would drop',
    async run(kit) {
      const result = resultOf(await callEngine(kit, kit.context()))
      for (const problem of stepResultProblems(result)) fail(problem)
      await succeed(kit, kit.context())
    },
  },
  'failure-is-told': {
    title: 'tells a failure as a result with an error, or throws an error',
    needs: 'failing',
    async run(kit) {
      const { ending } = await callEngine(kit, kit.context(kit.scenarios.failing))
      if ('thrown' in ending) {
        expectThat(ending.thrown instanceof Error, `it throws ${String(ending.thrown)}, which is no Error`)
        expectThat(toPlainError(ending.thrown).message !== '', 'the error has no message')
        return
      }
      expectEqual(ending.result?.status, 'failed', 'the status of the scenario "failing"')
      for (const problem of stepResultProblems(ending.result)) fail(problem)
    },
  },
  'ends-once': {
    title: 'is over after its result: no event, no second result',
    async run(kit) {
      const call = begin(kit, kit.context())
      const first = resultOf(await within(kit.timeoutMs, drain(call), 'The call'))
      expectEqual(first?.status, 'succeeded', 'the status of the call')
      for (const turn of ['first', 'second']) {
        const { done, value } = await within(kit.graceMs, call.next(), `The ${turn} next() after the end`)
        expectThat(
          done === true && value === undefined,
          `the ${turn} next() after the end gives ${JSON.stringify(value)}`,
        )
      }
    },
  },
  'tools-pair': {
    title: 'starts each tool call once and ends it once, after that',
    async run(kit) {
      const open = new Set<string>()
      const known = new Set<string>()
      for (const event of (await succeed(kit, kit.context())).events) {
        if (event.type === 'tool_start') {
          expectThat(!known.has(event.toolCallId), `tool call "${event.toolCallId}" starts twice`)
          known.add(event.toolCallId)
          open.add(event.toolCallId)
        } else if (event.type === 'tool_end') {
          expectThat(open.delete(event.toolCallId), `tool call "${event.toolCallId}" ends without a start`)
        }
      }
      expectEqual([...open], [], 'tool calls that never end')
    },
  },
  'usage-grows': {
    title: 'tells usage so far: never less than before',
    async run(kit) {
      const { events, result } = await succeed(kit, kit.context())
      const told = events.flatMap((event) => (event.type === 'usage' ? [event.usage] : []))
      const all = result.usage === undefined ? told : [...told, result.usage]
      all.reduce<Usage>((before, usage) => {
        for (const member of ['inputTokens', 'outputTokens', 'totalTokens'] as const) {
          expectThat(
            (usage[member] ?? Infinity) >= (before[member] ?? 0),
            `"${member}" falls from one event to the next`,
          )
        }
        return usage
      }, {})
    },
  },
  'context-is-left-alone': {
    title: 'does not change what it is given',
    async run(kit) {
      const context = kit.context({ params: { depth: { value: 1 } }, answers: [] })
      const before = snapshot(context)
      await succeed(kit, context)
      expectEqual(snapshot(context), before, 'the context after the call')
    },
  },
  'structured-output': {
    title: 'answers under an output schema; the data it gives matches it',
    async run(kit) {
      const { events, result } = await succeed(kit, kit.context({ outputSchema: SCHEMA }))
      expectSound({ events, ending: { result } })
      const { data } = result
      expectThat(
        data === undefined || isGreeting(data),
        `the data does not match the output schema: ${JSON.stringify(data)?.slice(0, 200)}`,
      )
    },
  },
  'repairs-an-answer': {
    title: 'can be asked to mend its answer',
    async run(kit) {
      const { promptParts } = kit.context()
      const repair = 'Your answer was no JSON object. Answer again.'
      const context = kit.context({ outputSchema: SCHEMA, promptParts: { ...promptParts, repair } })
      expectLegal((await succeed(kit, context)).events)
    },
  },
  'tries-again': {
    title: 'takes a second attempt with the same idempotency key, going on with its session',
    async run(kit) {
      const first = await succeed(kit, kit.context())
      const told = first.events.findLast((event) => event.type === 'session')
      const session = told === undefined ? {} : { session: told.session }
      await succeed(kit, kit.context({ attempt: 2, ...session }))
    },
  },
  'odd-prompts': {
    title: 'ends soundly whatever the prompt holds',
    async run(kit) {
      await succeed(kit, kit.context())
      for (const prompt of ODD_PROMPTS) expectSound(await callEngine(kit, kit.context({ prompt })))
    },
  },
  'calls-are-independent': {
    title: 'makes several calls at once, each with its own events and result',
    async run(kit) {
      const say = (item: string) => begin(kit, kit.context({ item, prompt: `Say "${item}".` }))
      const early = say('one')
      const first = await within(kit.timeoutMs, early.next(), 'The first event of the first call')
      const late = [say('two'), say('three')].map((call) =>
        within(kit.timeoutMs, drain(call), 'A later call'),
      )
      const later = await Promise.all(late)
      const outcomes =
        first.done === true ? later : [...later, await within(kit.timeoutMs, drain(early), 'The first call')]
      for (const outcome of outcomes) {
        expectSound(outcome)
        expectEqual(resultOf(outcome).status, 'succeeded', 'the status of one of three calls at once')
      }
    },
  },
  'same-call-same-answer': {
    title: 'gives the same events and the same result for the same call, whatever runs beside it',
    needs: 'deterministic',
    async run(kit) {
      const alone = await succeed(kit, kit.context({ prompt: 'one' }))
      const [beside] = await Promise.all(
        ['one', 'two'].map((prompt) => succeed(kit, kit.context({ prompt }))),
      )
      expectEqual(beside, alone, 'the same call a second time')
    },
  },
} as const satisfies Record<string, EngineCase>

/** Fails unless every event and the ending are legal; a failure that is told is. */
function expectSound({ events, ending }: CallOutcome): void {
  expectLegal(events)
  if ('result' in ending) for (const problem of stepResultProblems(ending.result)) fail(problem)
}

/** Fails unless core would take every event as it is. */
function expectLegal(events: readonly EngineEvent[]): void {
  for (const event of events) for (const problem of engineEventProblems(event)) fail(problem)
}

/** Whether data matches the schema above. */
function isGreeting(data: JsonValue): boolean {
  if (typeof data !== 'object' || data === null) return false
  const { greeting, language, ...others } = Object.fromEntries(Object.entries(data))
  const isWhole = typeof greeting === 'string' && (language === 'en' || language === 'de')
  return isWhole && Object.keys(others).length === 0
}

function snapshot(context: ReturnType<EngineKit['context']>): string {
  const { signal, facts, artifacts, recorded, ...data } = context
  return JSON.stringify(data)
}
