import { inFile, type Mutant } from '../mutant.ts'

/** Answers, stops by people, and handles on runs of other processes. */
export const answers: readonly Mutant[] = [
  ...inFile('packages/core/src/run/answers.ts', 'src/run/answers src/run/requests', [
    {
      rule: 'H1',
      off: 'an answer of another form is looked for its content all the same',
      text: 'Object.keys(answer).length === 1 &&',
      becomes: '',
    },
    {
      rule: 'H1',
      off: 'answers are taken for a payload',
      text: "kind === 'callback' ? 'payload' : 'answers'",
      becomes: "'answers'",
    },
  ]),
  ...inFile('packages/core/src/orchestrator/gatekeeper.ts', 'src/orchestrator/late-replies', [
    {
      rule: 'H2',
      off: 'what onRequest replies after a stop is lost',
      text: 'await host.storage.submit(state.runId, input).catch(() => {})',
      becomes: '',
    },
    {
      rule: 'J2',
      off: 'a resume takes what the host says now for what it said before',
      text: '-host-${session.state.lastSeq}`',
      becomes: '-host`',
    },
  ]),
  ...inFile('packages/core/src/orchestrator/input-id.ts', 'src/orchestrator/late-replies', [
    {
      rule: 'J2',
      off: 'two answers of one moment are one input',
      text: '(counts.get(host) ?? 0) + 1',
      becomes: '1',
    },
  ]),
  ...inFile('packages/core/src/orchestrator/foreign-run.ts', 'src/orchestrator/host-doors', [
    {
      rule: 'S3',
      off: 'a run that another process has let go of is waited for',
      text: 'else onGone()',
      becomes: 'else arm()',
    },
    {
      rule: 'S3',
      off: 'a dead owner counts as one',
      text: 'owner !== undefined && owner.alive !== false',
      becomes: 'owner !== undefined',
    },
  ]),
  ...inFile('packages/core/src/run/edges.ts', 'src/run/map-items src/run/requests', [
    {
      rule: 'H5',
      off: 'items start after a human has stopped the visit',
      text: "if (reason !== 'stopped') continue",
      becomes: 'continue',
    },
  ]),
  ...inFile('packages/core/src/run/conclude.ts', 'src/run/map-items', [
    {
      rule: 'H5',
      off: 'a map that a human cut short is done',
      text: "skipReason === 'stopped' || ",
      becomes: '',
    },
  ]),
  ...inFile('packages/core/src/run/rearm.ts', 'src/run/interrupted', [
    {
      rule: 'S5',
      off: 'retryFailed leaves an item poisoned',
      text: 'execution.interruptions = 0',
      becomes: '',
    },
  ]),
]
