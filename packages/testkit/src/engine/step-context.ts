import {
  type ApprovalAnswer,
  type ArtifactStore,
  checkArtifactPath,
  digestText,
  type JsonObject,
  type ProposedActionContent,
  type Question,
  type RecordableEvent,
  type StepContext,
} from '@batonjs/core'
import { createFactBoard, type RecordingFactBoard } from './fact-board.ts'

/** A context for one engine call without an orchestrator, and what the engine did with it. */
export interface TestStepContext extends StepContext {
  readonly facts: RecordingFactBoard
  readonly recorded: RecordedUse
}

/** What an engine did with its context. */
export interface RecordedUse {
  readonly approvals: readonly ProposedActionContent[]
  readonly questions: readonly (readonly Question[])[]
  readonly events: readonly RecordableEvent[]
  /** Content by path. */
  readonly artifacts: ReadonlyMap<string, string>
}

/** What a test context holds: any member of a context, and the people behind it. */
export interface TestStepContextOptions extends Partial<Omit<StepContext, 'facts' | 'approve' | 'ask'>> {
  /** Decides on proposed actions; may throw or never come back. @default approves */
  readonly decide?: (action: ProposedActionContent) => boolean | Promise<boolean>
  /** Answers questions. @default the first option, or `answer` */
  readonly reply?: (questions: readonly Question[]) => JsonObject | Promise<JsonObject>
}

const TASK = 'Say hello in one short sentence.'

/** Makes a complete context in memory: approvals, answers, facts and artifacts work and are recorded. */
export function createStepContext(options: TestStepContextOptions = {}): TestStepContext {
  const { decide = () => true, reply = answerFirst, ...overrides } = options
  const people = createPeople(decide, reply)
  const events: RecordableEvent[] = []
  const artifacts = new Map<string, string>()
  const { stepId = 'greet', attempt = 1, iteration = 1, runId = 'run-test', item } = overrides
  const place = item === undefined ? stepId : `${stepId}[${item}]`
  const { prompt = overrides.promptParts?.task ?? TASK } = overrides
  return {
    runId,
    flowKey: 'test',
    visit: 1,
    stepId,
    index: 1,
    total: 1,
    iteration,
    attempt,
    idempotencyKey: `${runId}/test#1/${place}#${iteration}@${digestText(prompt).slice(0, 8)}`,
    params: {},
    signal: new AbortController().signal,
    prompt,
    promptParts: { system: '', history: '', task: overrides.prompt ?? TASK, format: '', repair: '' },
    answers: [],
    permissions: { allow: [], deny: [], otherwise: 'ask' },
    artifacts: createArtifacts(artifacts),
    approve: people.approve,
    ask: people.ask,
    record: async (event) => void events.push(event),
    ...overrides,
    facts: createFactBoard(stepId),
    recorded: { approvals: people.approvals, questions: people.questions, events, artifacts },
  }
}

function createPeople(
  decide: NonNullable<TestStepContextOptions['decide']>,
  reply: NonNullable<TestStepContextOptions['reply']>,
) {
  const approvals: ProposedActionContent[] = []
  const questions: (readonly Question[])[] = []
  return {
    approvals,
    questions,
    async approve(action: ProposedActionContent): Promise<ApprovalAnswer> {
      const requestId = `approval-${approvals.push(action)}`
      return { requestId, approved: await decide(action), by: 'testkit' }
    },
    async ask(asked: readonly Question[]): Promise<JsonObject> {
      questions.push(asked)
      return reply(asked)
    },
  }
}

function answerFirst(questions: readonly Question[]): JsonObject {
  return Object.fromEntries(questions.map(({ id, options }) => [id, options?.[0] ?? 'answer']))
}

function createArtifacts(files: Map<string, string>): ArtifactStore {
  return {
    async put(path, content, { also = path } = {}) {
      const text = typeof content === 'string' ? content : new TextDecoder().decode(content)
      for (const name of [path, also]) checkArtifactPath(name)
      for (const name of [path, also]) files.set(name, text)
    },
    async append(path, content) {
      checkArtifactPath(path)
      files.set(path, (files.get(path) ?? '') + content)
    },
    async get(path) {
      checkArtifactPath(path)
      return files.get(path)
    },
    list: async (prefix = '') => [...files.keys()].filter((path) => path.startsWith(prefix)).sort(),
  }
}
