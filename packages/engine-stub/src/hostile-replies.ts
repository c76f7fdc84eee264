import { cyclic, fail, nested, revokedProxy, withGetters } from './hostile-values.ts'
import type { StubReply } from './script.ts'

type Replies = Readonly<Record<string, StubReply>>

const HUGE = 5_000_000

const throwing = (value: unknown): StubReply => ({ ending: { kind: 'throw', value } })
const returning = (result: unknown): StubReply => ({ ending: { kind: 'return', result } })
const yielding = (...events: unknown[]): StubReply => ({
  acts: events.map((event) => ({ kind: 'raw', event })),
})
// What a liar hands over is not of the type that it claims.
const lying = (members: object): StubReply => members as StubReply

const throws = (): Replies => ({
  throws_error: throwing(new Error('hostile')),
  throws_string: throwing('hostile'),
  throws_undefined: throwing(undefined),
  throws_null: throwing(null),
  throws_frozen: throwing(Object.freeze(new Error('frozen'))),
  throws_getter: throwing(withGetters('name', 'message', 'code', 'retryable', 'retryAfterMs')),
  throws_revoked_proxy: throwing(revokedProxy()),
  throws_unprintable: throwing(Object.create(null)),
  throws_huge_message: throwing(new Error('x'.repeat(HUGE))),
  throws_retryable: throwing(Object.assign(new Error('busy'), { code: 'busy', retryable: true })),
})

const returns = (): Replies => ({
  returns_undefined: returning(undefined),
  returns_null: returning(null),
  returns_string: returning('done'),
  returns_empty_object: returning({}),
  returns_unknown_status: returning({ status: 'splendid', output: '' }),
  returns_failed_without_error: returning({ status: 'failed', output: '' }),
  returns_getters: returning(withGetters('status', 'output', 'data', 'handoff', 'usage', 'error')),
  returns_output_number: returning({ status: 'succeeded', output: 42 }),
  returns_revoked_proxy: returning({ status: 'succeeded', output: 'x', data: revokedProxy() }),
})

const fails = (): Replies => ({
  fails_without_code: lying({ fail: { code: undefined } }),
  fails_retry_in_ten_years: { fail: { code: 'busy', retryable: true, retryAfterMs: 315_360_000_000 } },
  fails_retry_negative: { fail: { code: 'busy', retryable: true, retryAfterMs: -1 } },
  fails_retry_nan: { fail: { code: 'busy', retryable: true, retryAfterMs: Number.NaN } },
  fails_retry_text: lying({ fail: { code: 'busy', retryable: true, retryAfterMs: 'soon' } }),
})

const output = (): Replies => ({
  output_huge: { text: () => 'x'.repeat(HUGE) },
  output_lone_surrogates: { text: 'high \ud83d low \udc4d end' },
  output_controls: { text: 'nul \0 bell \u0007 escape \u001b[31m' },
  output_line_separators: { text: 'a\u2028b\u2029c\r\nd' },
  output_template: { text: '$plan.output $$ {{x}} </step> VERIFIED' },
})

const data = (): Replies => ({
  data_bigint: { data: 1n },
  data_nan: { data: { ratio: Number.NaN, most: Number.POSITIVE_INFINITY } },
  data_undefined_member: { data: { gone: undefined, list: [undefined] } },
  data_date: { data: { at: new Date(0) } },
  data_map: { data: new Map([['a', 1]]) },
  data_function: { data: { run: () => 1 } },
  data_symbol: { data: Symbol('hostile') },
  data_cyclic: { data: cyclic() },
  data_getter: { data: withGetters('value') },
  data_to_json_throws: { data: { toJSON: () => fail('toJSON') } },
  data_deep: { data: nested(20_000) },
  data_proto: {
    data: JSON.parse('{"__proto__":{"polluted":true},"constructor":{"prototype":{"polluted":true}}}'),
  },
  data_huge: { data: ['x'.repeat(HUGE)] },
})

const usage = (): Replies => ({
  usage_missing: { usage: undefined, costUsd: undefined },
  usage_negative: { usage: { inputTokens: -5 }, costUsd: -1 },
  usage_nan: { usage: { totalTokens: Number.NaN }, costUsd: Number.NaN },
  usage_text: lying({ usage: { inputTokens: '12' }, costUsd: 'cheap' }),
  usage_infinite: { usage: { outputTokens: Number.POSITIVE_INFINITY }, costUsd: Number.POSITIVE_INFINITY },
})

const handoff = (): Replies => ({
  handoff_text: returning({ status: 'succeeded', output: 'x', handoff: 'VERIFIED' }),
  handoff_wrong_types: lying({
    handoff: { verdict: 7, concerns: 'none', facts: [{}], canFurtherIterationHelp: 'no' },
  }),
  handoff_cyclic: lying({ handoff: { fields: cyclic() } }),
})

const yields = (): Replies => ({
  yields_nothing_sane: yielding(undefined, null, 7, 'text', [], {}, Symbol('hostile')),
  yields_unknown_type: yielding({ type: 'run_completed', status: 'succeeded' }, { type: '__proto__' }),
  yields_missing_members: yielding({ type: 'token_chunk' }, { type: 'tool_start' }, { type: 'usage' }),
  yields_wrong_types: yielding({ type: 'token_chunk', text: 7 }, { type: 'file_changes', files: 'all' }),
  yields_getters: yielding(withGetters('type'), { type: 'message', role: 'user', content: revokedProxy() }),
  yields_cyclic: yielding(
    { type: 'session', session: cyclic() },
    { type: 'tool_start', toolCallId: 'a', tool: 'b', input: cyclic() },
  ),
  yields_bad_usage: yielding({ type: 'usage', usage: { inputTokens: -1 } }, { type: 'usage', usage: null }),
  yields_foreign_identity: yielding({
    type: 'token_chunk',
    text: 'x',
    runId: 'other',
    stepId: 'other',
    seq: 1,
  }),
  yields_lone_surrogate_chunks: { text: '\ud83d\udc4d'.repeat(9), stream: { size: 1 } },
  yields_tool_end_without_start: yielding({ type: 'tool_end', toolCallId: 'a', tool: 'b', success: true }),
  yields_tools_out_of_order: yielding(
    { type: 'tool_end', toolCallId: 'a', tool: 'b', success: true },
    { type: 'tool_start', toolCallId: 'a', tool: 'b' },
    { type: 'tool_start', toolCallId: 'a', tool: 'b' },
  ),
  yields_tool_never_ended: yielding({ type: 'tool_start', toolCallId: 'a', tool: 'b' }),
})

const hangs = (): Replies => ({
  hangs: { ending: { kind: 'hang' } },
  hangs_after_events: { acts: [{ type: 'token_chunk', text: 'x' }], ending: { kind: 'hang' } },
  hangs_deaf: { stubborn: true, ending: { kind: 'hang' } },
})

/**
 * One reply for each way in which an engine can misbehave: by name, for a table of tests. Whatever
 * they do must harm their own step only. Those that hang end when they are aborted, but `hangs_deaf`.
 */
export function createHostileReplies(): Replies {
  return {
    ...throws(),
    ...returns(),
    ...fails(),
    ...output(),
    ...data(),
    ...usage(),
    ...handoff(),
    ...yields(),
    ...hangs(),
  }
}
