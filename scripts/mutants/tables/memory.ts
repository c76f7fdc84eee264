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
]
