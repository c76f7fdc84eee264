/** Plants a canary in every mouth that there is and looks for it in everything that can be seen (fault 39). */
import { describe, expect, it } from 'vitest'
import type { StepContext } from '../../engine/context.ts'
import type { EngineEvent, StepResult } from '../../engine/result.ts'
import type { StepFunction } from '../../flow/flow.ts'
import { CANARY, type CanaryHost, type Mouth, partsIn, seenOf } from './canary.fixture.ts'

const said = `the key is ${CANARY}, really`
const inJson = JSON.stringify({ key: CANARY })
const inUrl = `https://host/?key=${encodeURIComponent(CANARY)}`
/** As some write it elsewhere. */
const escaped = [JSON.stringify(inJson), inJson.replaceAll('/', '\\/'), encodeURI(CANARY)]
/** Cut where texts are cut, the canary would be cut in two. */
const atBorder = [80, 200, 500, 512, 1_000, 2_000, 4_096, 16_384].map(
  (length) => `${'-'.repeat(length - 20)}${CANARY}`,
)

/** A mouth that yields these, whatever they are, and then says what it has to say. */
function yielding(...events: readonly unknown[]): Mouth {
  return async function* () {
    // What an engine yields need not be an event.
    for (const event of events) yield event as EngineEvent
    return { status: 'succeeded', output: 'done' }
  }
}

/** A mouth that returns this. */
function returning(result: unknown): Mouth {
  return async function* () {
    yield { type: 'token_chunk', text: 'hm' }
    // What an engine returns need not be a result.
    return result as StepResult
  }
}

/** A mouth that throws this. */
function throwing(thrown: unknown): Mouth {
  return async function* () {
    yield { type: 'token_chunk', text: said }
    throw thrown
  }
}

/** A mouth that uses the tools of the kernel; what they throw is thrown on. */
function using(act: (context: StepContext) => unknown): Mouth {
  return async function* (context) {
    yield { type: 'token_chunk', text: 'hm' }
    await act(context)
    return { status: 'succeeded', output: 'done' }
  }
}

/** What an instance of a class is made from. */
const odd = { kind: 'odd' }

class Sayings extends Array<unknown> {
  readonly #said = said
  toJSON(): string {
    return this.#said
  }
}

const succeeded = { status: 'succeeded', output: 'done' } as const
const failure = { code: 'busy', message: 'busy', retryable: false }

const yields: Readonly<Record<string, readonly unknown[]>> = {
  'a chunk': [{ type: 'token_chunk', text: said }],
  'chunks of a letter': [...said, ...inJson, ...inUrl].map((text) => ({ type: 'token_chunk', text })),
  'chunks with a tool in between': [
    { type: 'token_chunk', text: CANARY.slice(0, 15) },
    { type: 'tool_start', toolCallId: 'a', tool: 'look' },
    { type: 'tool_end', toolCallId: 'a', tool: 'look', success: true },
    { type: 'token_chunk', text: CANARY.slice(15) },
  ],
  'a chunk with members of its own': [{ type: 'token_chunk', text: said, [CANARY]: CANARY }],
  messages: [said, inJson, inUrl, ...escaped, ...atBorder].map((content) => ({
    type: 'message',
    role: 'assistant',
    content,
  })),
  'a tool': [
    { type: 'tool_start', toolCallId: said, tool: said, input: { [CANARY]: [inJson, inUrl, ...atBorder] } },
    { type: 'tool_end', toolCallId: said, tool: said, success: true, output: `${atBorder.at(-3)}${said}` },
  ],
  'a tool that is left running': [{ type: 'tool_start', toolCallId: said, tool: CANARY }],
  'a tool that never began': [{ type: 'tool_end', toolCallId: said, tool: CANARY, success: true }],
  'a tool with a request that is none': [
    { type: 'tool_start', toolCallId: 'a', tool: 'look', requestId: said },
  ],
  'changed files': [{ type: 'file_changes', files: [{ path: `keys/${CANARY}`, action: 'created' }] }],
  'changed files that are none': [{ type: 'file_changes', files: [{ path: said, action: said }, said] }],
  'a session': [{ type: 'session', session: { key: CANARY } }],
  'a large session': [{ type: 'session', session: { key: CANARY, more: 'x'.repeat(20_000) } }],
  'a retry notice': [{ type: 'retry_notice', message: `${atBorder[6]}` }],
  'usage that is none': [{ type: 'usage', usage: { inputTokens: said, [CANARY]: 1 }, costUsd: inUrl }],
  'an event that is none': [{ type: said }, { type: 'message', role: said, content: [said] }, said, [said]],
  'events with more than they have': atBorder.map((text) => ({
    type: 'retry_notice',
    message: 'm',
    [text]: text,
  })),
  'what is no JSON': [
    { type: 'message', [atBorder[1] ?? '']: 1n },
    { type: 'message', [atBorder[2] ?? '']: new Date(0) },
  ],
}

const returns: Readonly<Record<string, unknown>> = {
  'an output': { ...succeeded, output: [said, inJson, inUrl, ...atBorder].join('\n') },
  'a large output': { ...succeeded, output: `${atBorder.at(-1)} ${said} ${'x'.repeat(20_000)}` },
  'an output with front matter': {
    ...succeeded,
    output: `---\nverdict: ${CANARY}\nsummary: ${CANARY}\n---\n${said}`,
  },
  data: { ...succeeded, data: { [CANARY]: [said, { deep: inUrl }] } },
  'large data': { ...succeeded, data: { list: atBorder, more: 'x'.repeat(70_000) } },
  'data that is no JSON': { ...succeeded, data: { [atBorder[1] ?? '']: () => 1 } },
  'a handoff': {
    ...succeeded,
    handoff: {
      verdict: said,
      summary: said,
      artifacts: { [said]: said },
      concerns: [said],
      assumptions: [{ statement: said, rationale: said, impactIfWrong: said }],
      decisions: [{ subject: said, decision: said, rationale: said }],
      facts: [{ key: said, value: { [CANARY]: said }, evidence: [said] }],
      fields: { [CANARY]: said },
      [CANARY]: said,
    },
  },
  'a handoff that is an instance of a class': {
    ...succeeded,
    [CANARY]: said,
    handoff: Object.assign(Object.create(odd), { [CANARY]: said, verdict: [said], facts: said }),
  },
  'a handoff that is none': {
    ...succeeded,
    handoff: { facts: said, verdict: [said], concerns: { [CANARY]: said } },
  },
  'a model': { ...succeeded, model: `${atBorder[1]}` },
  'usage that is none': { ...succeeded, usage: { inputTokens: said, [CANARY]: said }, costUsd: said },
  'an unknown member': { ...succeeded, [CANARY]: said },
  'a status that is none': { ...succeeded, status: said },
  'nothing but it': said,
  'the instance of a class': Object.assign(Object.create(odd), {
    ...succeeded,
    output: said,
    data: [said],
    model: CANARY,
  }),
  'what has it from its prototype': Object.create({ ...succeeded, output: said }),
  'what has it from getters': Object.create(odd, {
    status: { get: () => 'succeeded' },
    output: { get: () => said },
  }),
  'the instance of a class that failed': Object.assign(Object.create(odd), {
    status: 'failed',
    output: said,
    error: Object.assign(new Error(said), { code: 'busy', retryable: said, retryAfterMs: CANARY }),
  }),
  'a failure with members that are none': {
    status: 'failed',
    output: '',
    error: Object.assign(new Error('no'), { code: [said], retryable: atBorder[0], retryAfterMs: CANARY }),
  },
  'a list that says it': { ...succeeded, data: [Sayings.from(['a'])] },
  'a failure': {
    status: 'failed',
    output: said,
    error: { name: said, code: said, message: said, retryable: false },
  },
  'a long failure': { status: 'failed', output: '', error: { ...failure, message: atBorder[5] } },
  'a failure that is an error': { status: 'failed', output: '', error: new Error(atBorder[5]) },
  'a failure with a cause': {
    status: 'failed',
    output: '',
    error: { ...failure, cause: { message: atBorder[2], code: atBorder[1], cause: said } },
  },
}

const throws: Readonly<Record<string, unknown>> = {
  'an error': new Error(said),
  'a long error': new Error(atBorder[5], { cause: new Error(atBorder[2], { cause: said }) }),
  'an error of several': new AggregateError([new Error(said)], inJson),
  'an error with a name and a code': Object.assign(new Error('no'), { name: atBorder[1], code: atBorder[1] }),
  'a text': said,
  'an object that prints it': { toString: () => said },
}

const uses: Readonly<Record<string, (context: StepContext) => unknown>> = {
  'an action': ({ approve }) => approve({ name: said, input: { [CANARY]: [inJson] }, summary: said }),
  'the terms of an action': ({ approve }) =>
    approve({ name: 'write' }, { answerers: [said], deadlineMs: 60_000, onDeadline: 'approve' }),
  questions: ({ ask }) =>
    ask([{ id: said, text: said, options: [said], schema: { type: 'string', description: said } }], {
      reason: said,
      deadlineMs: 1,
      onDeadline: { [said]: said },
    }),
  'terms that are an instance of a class': ({ ask }) => {
    const terms = { reason: Object(said), answerers: [said], deadlineMs: 1, onDeadline: { a: said } }
    return ask([{ id: 'a', text: 'x' }], Object.assign(Object.create(odd), terms))
  },
  'a question that is none': ({ ask }) => ask([{ id: said, text: 'x', schema: { type: said } }]),
  'an event': ({ record }) => record({ type: 'custom', name: said, data: { [CANARY]: inUrl } }),
  'an event that is none': ({ record }) => record({ type: atBorder[1], data: said } as never), // as JavaScript may
  facts: ({ facts }) => facts.put({ key: said, value: { [CANARY]: said }, rationale: said } as never), // as above
  'a fact that is none': ({ facts }) => facts.put({ [atBorder[1] ?? '']: said } as never), // as above
  'an artifact': ({ artifacts }) => artifacts.put('report.md', [said, ...atBorder].join('\n')),
  'an artifact in parts': async ({ artifacts }) => {
    for (const letter of [...said, ...inJson]) await artifacts.append('report.md', letter)
  },
  'the name of an artifact': ({ artifacts }) => artifacts.put(`${CANARY}.md`, 'x'),
  'the name of a long artifact': ({ artifacts }) => artifacts.append(`${atBorder[1]}.md`, 'x'),
  'the name of a file of Baton’s own': ({ artifacts }) => artifacts.put(`main/receipts/${atBorder[1]}`, 'x'),
}

const hosts: Readonly<Record<string, CanaryHost>> = {
  'the output of a check': {
    checks: { run: () => Promise.resolve({ exitCode: 1, output: `${said}${'-'.repeat(480)}` }) },
    hostile: { verify: { commands: [{ command: 'npm test' }] } },
  },
  'the error of a check': {
    checks: { run: () => Promise.reject(new Error(said)) },
    hostile: { verify: { commands: [{ command: 'npm test' }] } },
  },
  'a function’s text': { hostile: functionStep(() => said) },
  'a function’s data': { hostile: functionStep(() => ({ [CANARY]: [inUrl] })) },
  'a function’s value that is no JSON': { hostile: functionStep(() => ({ [CANARY]: Number.NaN })) },
  'a function’s error': { hostile: functionStep(() => Promise.reject(new Error(said, { cause: inJson }))) },
  'a function’s handoff': {
    hostile: functionStep((context) => {
      context.handoff({ verdict: said, summary: said, fields: { [CANARY]: said } })
      return said
    }),
  },
  'items of a map': {
    hostile: { kind: 'map', prompt: undefined, items: '[1]', step: { kind: 'function', run: () => said } },
  } as CanaryHost, // Members of another kind of step.
}

function functionStep(run: StepFunction): NonNullable<CanaryHost['hostile']> {
  // Members of another kind of step.
  return { kind: 'function', prompt: undefined, run } as NonNullable<CanaryHost['hostile']>
}

const mouths: readonly (readonly [string, Mouth, CanaryHost])[] = [
  ...Object.entries(yields).map(([name, events]) => [`yields ${name}`, yielding(...events), {}] as const),
  ...Object.entries(returns).map(([name, result]) => [`returns ${name}`, returning(result), {}] as const),
  ...Object.entries(throws).map(([name, thrown]) => [`throws ${name}`, throwing(thrown), {}] as const),
  ...Object.entries(uses).map(([name, act]) => [`uses the kernel for ${name}`, using(act), {}] as const),
  ...Object.entries(hosts).map(([name, host]) => [`gives ${name}`, returning(succeeded), host] as const),
]

describe('a canary (fault 39)', () => {
  it.each(mouths)('fault 39: is seen when it is not declared and somebody %s', async (_, mouth, host) => {
    expect(partsIn(await seenOf(mouth, { ...host, isDeclared: false }))).not.toEqual([])
  })

  it.each(mouths)('fault 39: that somebody %s is nowhere to be seen', async (_, mouth, host) => {
    const seen = await seenOf(mouth, host)
    expect(partsIn(seen)).toEqual([])
    expect(seen).toContain('run_completed')
  })
})
