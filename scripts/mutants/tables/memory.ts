import { inFile, type Mutant } from '../mutant.ts'

/** The storage in memory, and the names that any storage allows. */
export const memory: readonly Mutant[] = [
  ...inFile(
    'packages/core/src/orchestrator/memory/memory-run.ts',
    'src/orchestrator/memory src/orchestrator/storage-failures',
    [
      {
        rule: 'J1',
        off: 'storage in memory takes a batch out of order',
        text: 'if (seq !== expected) return conflict(run.runId, expected, seq)',
        becomes: '',
      },
      {
        rule: 'J1',
        off: 'storage in memory appends after a failed append',
        text: 'failure ??= findConflict(run, events)',
        becomes: 'failure = findConflict(run, events)',
      },
      {
        rule: 'J2',
        off: 'storage in memory delivers an input twice',
        text: 'if (run.known.has(input.inputId)) return',
        becomes: '',
      },
      {
        rule: 'J2',
        off: 'storage in memory delivers what was acknowledged',
        text: 'if (!run.acknowledged.has(input.inputId)) yield input',
        becomes: 'yield input',
      },
    ],
  ),
  ...inFile('packages/core/src/orchestrator/memory/memory-storage.ts', 'src/orchestrator/memory', [
    {
      rule: 'S7',
      off: 'a run in memory has two owners',
      text: 'if (run.writer === undefined) return\n',
      becomes: 'return\n',
    },
    {
      rule: 'section 7',
      off: 'a run in memory is created twice',
      text: 'if (runs.has(runId)) throw',
      becomes: 'if (false) throw',
    },
  ]),
  ...inFile('packages/core/src/orchestrator/memory/artifact-path.ts', 'src/orchestrator/memory', [
    {
      rule: 'J5',
      off: 'a path may hold what it likes',
      text: "if (typeof segment !== 'string' || !SEGMENT.test(segment)) {",
      becomes: "if (typeof segment !== 'string') {",
    },
    {
      rule: 'J5',
      off: 'an artifact may take the place of the journal',
      text: 'if (RESERVED.test(top)) return',
      becomes: 'if (false) return',
    },
    {
      rule: 'fault 15',
      off: 'a name may be that of a device',
      text: 'if (DEVICE.test(segment)) return',
      becomes: 'if (false) return',
    },
    {
      rule: 'fault 15',
      off: 'a run id is not looked at',
      text: "if (cause !== undefined) throw refused('Run id', runId, cause)",
      becomes: '',
    },
  ]),
  ...inFile('packages/core/src/run/request.ts', 'src/orchestrator/oversized', [
    {
      rule: 'fault 22',
      off: 'what is asked may be of any size',
      text: 'if (length <= REQUEST_CHARACTERS) return undefined',
      becomes: 'return undefined',
    },
  ]),
  ...inFile('packages/core/src/run/answers.ts', 'src/orchestrator/oversized', [
    {
      rule: 'fault 22',
      off: 'an answer may be of any size',
      text: 'if (length <= ANSWER_CHARACTERS) return',
      becomes: 'return',
    },
  ]),
  ...inFile('packages/core/src/orchestrator/starts/start-map.ts', 'src/orchestrator/oversized', [
    {
      rule: 'fault 22',
      off: 'a map records items of any size',
      text: 'if (length <= EVENT_CHARACTERS) return { items }',
      becomes: 'return { items }',
    },
  ]),
  ...inFile('packages/core/src/orchestrator/starts/start-flow.ts', 'src/orchestrator/oversized', [
    {
      rule: 'fault 22',
      off: 'the params of a child flow may be of any size',
      text: 'if (length > EVENT_CHARACTERS) {',
      becomes: 'if (false) {',
    },
  ]),
  ...inFile('packages/core/src/orchestrator/calls/open-draft.ts', 'src/orchestrator/oversized', [
    {
      rule: 'fault 22',
      off: 'facts of any size are recorded at once',
      text: 'if (text.length > FACTS_CHARACTERS) {',
      becomes: 'if (false) {',
    },
  ]),
  ...inFile('packages/core/src/orchestrator/calls/complaints.ts', 'src/orchestrator/oversized', [
    {
      rule: 'fault 22',
      off: 'a name without end stands in a diagnostic',
      text: 'clip(message, MESSAGE_CHARACTERS)',
      becomes: 'message',
    },
  ]),
  ...inFile('packages/core/src/run/drafts.ts', 'src/orchestrator/oversized', [
    {
      rule: 'fault 22',
      off: 'what the kernel says of a failure may be without end',
      text: "return toPlainError({ name: 'RunError', code, message })",
      becomes: "return { name: 'RunError', code, message, retryable: false }",
    },
  ]),
]
