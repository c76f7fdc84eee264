import { inFile, type Mutant } from '../mutant.ts'

/** Requests to people: who may answer, which answer counts, and how a request ends. */
export const requests: readonly Mutant[] = [
  ...inFile('packages/core/src/run/answers.ts', 'src/run/requests src/orchestrator/answers', [
    {
      rule: 'H1',
      off: 'a second answer counts',
      text: "if (request.status !== 'open') return refuseClosed(request)",
      becomes: '',
    },
    {
      rule: 'H1',
      off: 'an answer after the deadline counts',
      text: 'deadlineAt !== undefined && submittedAt >= deadlineAt',
      becomes: 'false',
    },
    {
      rule: 'H1',
      off: 'an answer at the deadline itself counts',
      text: 'submittedAt >= deadlineAt',
      becomes: 'submittedAt > deadlineAt',
    },
    {
      rule: 'H1',
      off: 'whoever likes may answer',
      text: 'if (answerers === undefined || answerers.includes(by)) return undefined',
      becomes: 'return undefined',
    },
    {
      rule: 'H1',
      off: 'an answer is not held to its schema',
      text: 'if (problems.length === 0) return undefined',
      becomes: 'return undefined',
    },
  ]),
  ...inFile(
    'packages/core/src/run/request.ts',
    'src/run/requests src/orchestrator/answers src/orchestrator/calls',
    [
      {
        rule: 'H4',
        off: 'an answer that a tool has used is taken once more',
        text: "return used || status === 'canceled'",
        becomes: "return status === 'canceled'",
      },
      {
        rule: 'H1',
        off: 'the hash of an action does not cover the action',
        text: 'return { prompt, schema, action: { ...spec.action } }',
        becomes: 'return { prompt, schema }',
      },
      {
        rule: 'H1',
        off: 'the hash of questions does not cover the questions',
        text: 'return { prompt, schema, questions: spec.questions.map((question) => ({ ...question })) }',
        becomes: 'return { prompt, schema }',
      },
      {
        rule: 'H4',
        off: 'two equal questions of a call are one request',
        text: '`${contentHash} ${nth} ${again}`',
        becomes: '`${contentHash} ${again}`',
      },
      {
        rule: 'H4',
        off: 'a step takes the answer that another step was given',
        text: '`${addressInRun(execution)} ${rest}`',
        becomes: '`${execution.frame.runId} ${rest}`',
      },
      {
        rule: 'H4',
        off: 'the human is not told that the same was asked before',
        text: '...(repeats === undefined ? {} : { repeats })',
        becomes: '...{}',
      },
    ],
  ),
  ...inFile(
    'packages/core/src/run/fold-step.ts',
    'src/run/requests src/run/interrupted src/orchestrator/answers src/run/expired',
    [
      {
        rule: 'H4',
        off: 'a tool uses no answer up',
        text: 'if (request !== undefined) request.used = true',
        becomes: '',
      },
      {
        rule: 'H4',
        off: 'an attempt that failed for want of an answer asks nothing anew',
        text: 'if (!isInterruption) useUpUnanswered(execution)',
        becomes: '',
      },
      {
        rule: 'H5',
        off: 'onReject: stop stops nothing',
        text: "definitionOf(execution).onReject === 'stop' && error",
        becomes: 'false && error',
      },
    ],
  ),
  ...inFile('packages/core/src/run/fold-requests.ts', 'src/run/requests src/run/loops src/run/interrupted', [
    {
      rule: 'H4',
      off: 'an approval that runs again takes its old answer',
      text: '  request.used = true\n',
      becomes: '\n',
    },
    {
      rule: 'H1',
      off: 'a request has no deadline',
      text: 'if (record.deadlineAt !== undefined) {',
      becomes: 'if (false) {',
    },
    {
      rule: 'section 3',
      off: 'a wait that lasts is not reminded of',
      text: "record.type === 'callback_awaited' && record.reminderAt !== undefined",
      becomes: 'false',
    },
  ]),
  ...inFile('packages/core/src/run/expire.ts', 'src/run/requests src/run/expired', [
    {
      rule: 'H1',
      off: 'a deadline does not give its default',
      text: 'const answer = request.record.deadlineAnswer',
      becomes: 'const answer = undefined',
    },
  ]),
  ...inFile('packages/core/src/run/agenda.ts', 'src/run/requests src/run/expired src/orchestrator/retries', [
    {
      rule: 'fault 11',
      off: 'a timer fires before its time',
      text: 'timer !== undefined && timer.at <= now',
      becomes: 'timer !== undefined',
    },
    {
      rule: 'H1',
      off: 'the deadline of an answered request ends it a second time',
      text: "return timer.request.status !== 'open'",
      becomes: 'return false',
    },
    {
      rule: 'law 2',
      off: 'timers fire in the order in which they were set',
      text: '(timers[place - 1]?.at ?? 0) <= timer.at',
      becomes: 'true',
    },
  ]),
  ...inFile('packages/core/src/run/call-off.ts', 'src/run/races src/run/requests src/orchestrator/control', [
    {
      rule: 'H1',
      off: 'what is called off leaves its requests open',
      text: "if (how.kind !== 'canceled') return withdrawRequests(execution)",
      becomes: "if (how.kind !== 'canceled') return []",
    },
    {
      rule: 'H1',
      off: 'a canceled run leaves its requests open',
      text: "return openIn(execution).map((request) => resolution(request, { outcome: 'canceled', by: how.by }))",
      becomes: 'return []',
    },
    {
      rule: 'V1',
      off: 'the child flow of what is called off goes on',
      text: '[...callOffItems(state, execution, how), ...callOffChild(state, execution, how)]',
      becomes: 'callOffItems(state, execution, how)',
    },
    {
      rule: 'M1',
      off: 'the items of a map that is called off go on',
      text: '[...callOffItems(state, execution, how), ...callOffChild(state, execution, how)]',
      becomes: 'callOffChild(state, execution, how)',
    },
  ]),
  ...inFile(
    'packages/core/src/orchestrator/calls/call.ts',
    'src/orchestrator/left-requests src/orchestrator/answers src/run/requests-in-calls',
    [
      {
        rule: 'H1',
        off: 'a call that succeeded leaves its requests open',
        text: 'session.record(draft)\n  for (const draft of withdrawRequests(execution)) session.record(draft)',
        becomes: 'session.record(draft)',
      },
      {
        rule: 'H1',
        off: 'a call that failed leaves its requests open',
        text: 'if (!willRetry) for (const draft of withdrawRequests(execution)) session.record(draft)',
        becomes: '',
      },
      {
        rule: 'H1',
        off: 'a retry withdraws the requests that it would join',
        text: 'if (!willRetry) for (const draft of',
        becomes: 'for (const draft of',
      },
    ],
  ),
  ...inFile(
    'packages/core/src/orchestrator/gatekeeper.ts',
    'src/orchestrator/requests src/orchestrator/answers src/orchestrator/control src/orchestrator/crashes src/orchestrator/deliveries',
    [
      {
        rule: 'J2',
        off: 'an input that is delivered twice counts twice',
        text: 'if (this.#seen.has(input.inputId) || state.inputs.has(input.inputId)) {',
        becomes: 'if (false) {',
      },
      {
        rule: 'J2',
        off: 'an input that an event repeats counts again after a resume',
        text: 'this.#seen.has(input.inputId) || state.inputs.has(input.inputId)',
        becomes: 'this.#seen.has(input.inputId)',
      },
      {
        rule: 'H2',
        off: 'what waits in the inbox is not drained before deadlines are judged',
        text: 'for (const input of await this.#writer.backlog()) this.#session.enqueue(() => this.#apply(input))',
        becomes: '',
      },
      {
        rule: 'H2',
        off: 'onRequest is not asked about a request that was open before',
        text: 'for (const request of state.open.values()) this.#offer(request)',
        becomes: '',
      },
      {
        rule: 'S3',
        off: 'a run parks while the host thinks about a request',
        text: 'return this.#asked > 0',
        becomes: 'return false',
      },
      {
        rule: 'law 6',
        off: 'an onRequest that throws is not told of',
        text: "this.#session.record({ type: 'diagnostic', code: 'on_request_failed', message })",
        becomes: '',
      },
    ],
  ),
]
