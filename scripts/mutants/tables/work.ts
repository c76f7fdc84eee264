import { inFile, type Mutant } from '../mutant.ts'

/** What calls share: slots, rates, checks and facts. */
export const work: readonly Mutant[] = [
  ...inFile('packages/core/src/orchestrator/slots.ts', 'src/orchestrator/slots', [
    {
      rule: 'B2',
      off: 'slots bound nothing',
      text: 'taken < limit ? 0 : Number.POSITIVE_INFINITY',
      becomes: '0',
    },
    {
      rule: 'B2',
      off: 'a rate bounds nothing',
      text: 'Math.max(0, earlier + perMs - clock.monotonic())',
      becomes: '0',
    },
    {
      rule: 'B2',
      off: 'a run that has ended keeps its slots',
      text: 'for (const release of held) release()',
      becomes: '',
    },
  ]),
  ...inFile('packages/core/src/orchestrator/history.ts', 'src/orchestrator/history', [
    {
      rule: 'F4',
      off: 'the history depends on which need skipped a step',
      text: 'front.filter((member) => !wasSkippedEarly(member))',
      becomes: 'front',
    },
    {
      rule: 'S5',
      off: 'what lies in an artifact is read for a prompt only if the step itself says how far back to look',
      text: 'return ancestorsOf(execution, boundOf(execution)).flatMap(',
      becomes: 'return ancestorsOf(execution, 12).flatMap(',
    },
  ]),
  ...inFile('packages/core/src/run/tally.ts', 'src/orchestrator/spending', [
    {
      rule: 'law 6',
      off: 'calls without a price are not counted',
      text: 'if (measures.unpriced === true) tally.unpricedCalls += 1',
      becomes: '',
    },
    {
      rule: 'B3',
      off: 'what a call spent that a stop cut off is lost',
      text: '  count(tally, event)\n',
      becomes: '\n',
    },
  ]),
  ...inFile(
    'packages/core/src/orchestrator/starts/launch.ts',
    'src/orchestrator/slots src/orchestrator/control src/orchestrator/paused src/orchestrator/starts',
    [
      {
        rule: 'S2',
        off: 'a call that waited for its slot begins while the run is paused',
        text: "if (state.control !== 'running' || ",
        becomes: 'if (',
      },
      {
        rule: 'F5',
        off: 'a call that lost while it waited for its slot begins',
        text: 'if (isOvertaken || state.final !== undefined) {',
        becomes: 'if (false) {',
      },
      {
        rule: 'X2',
        off: 'the budget is not looked at again when a slot is there',
        text: "if (decision.kind === 'start') goOn(launch)",
        becomes: 'if (true) goOn(launch)',
      },
    ],
  ),
  ...inFile(
    'packages/core/src/orchestrator/check-command.ts',
    'src/run/gates src/orchestrator/running-checks',
    [
      {
        rule: 'L7',
        off: 'a check whose command failed passes',
        text: 'const passed = exitCode === 0 && matches(',
        becomes: 'const passed = matches(',
      },
      {
        rule: 'L7',
        off: 'a check that is not configured passes',
        text: "      passed: false,\n      output: 'No check runner",
        becomes: "      passed: true,\n      output: 'No check runner",
      },
      {
        rule: 'L7',
        off: 'a check may last without end',
        text: '() => abort(timedOut)',
        becomes: '() => undefined',
      },
      {
        rule: 'L7',
        off: 'a check that was aborted passes by what it gives then',
        text: 'controller.signal.throwIfAborted()',
        becomes: '',
      },
      {
        rule: 'law 5',
        off: 'a deaf check is waited for without end',
        text: 'clock.setTimer(clock.now() + graceMs, () => reject(why))',
        becomes: '() => {}',
      },
    ],
  ),
  ...inFile('packages/core/src/orchestrator/running-checks.ts', 'src/orchestrator/running-checks', [
    {
      rule: 'X2',
      off: 'a check outlives its step',
      text: "running.controller.abort(new Error('The step was called off'))",
      becomes: '',
    },
    {
      rule: 'S2',
      off: 'a check that was cut off by a stop counts',
      text: 'return signal.aborted ? undefined : verdict',
      becomes: 'return verdict',
    },
    {
      rule: 'S2',
      off: 'a check is begun twice by pause and continue',
      text: 'if (known !== undefined) return known.verdict',
      becomes: '',
    },
  ]),
  ...inFile('packages/core/src/orchestrator/checks.ts', 'src/run/gates src/orchestrator', [
    {
      rule: 'L7',
      off: 'an artifact that is missing passes',
      text: 'const passed = present.has(`${folder}/${path}`)',
      becomes: 'const passed = true',
    },
    {
      rule: 'L7',
      off: 'a failed check fails the step although its routing reads the verdict',
      text: 'if (readsVerdict(definition)) return event',
      becomes: '',
    },
    {
      rule: 'L7',
      off: 'gateStatusOnFail is ignored',
      text: "definition.verify?.gateStatusOnFail ?? 'UNVERIFIED'",
      becomes: "'UNVERIFIED'",
    },
  ]),
  ...inFile('packages/core/src/run/facts.ts', 'src/orchestrator src/run/record', [
    {
      rule: 'section 10',
      off: 'two authors who disagree are no conflict',
      text: 'return new Set(latest.values()).size > 1',
      becomes: 'return false',
    },
    {
      rule: 'section 10',
      off: 'the least sure fact is the best',
      text: 'entry.confidence >= best.confidence',
      becomes: 'entry.confidence <= best.confidence',
    },
  ]),
  ...inFile('packages/core/src/run/fold-routing.ts', 'src/orchestrator src/run/conditions', [
    {
      rule: 'section 10',
      off: 'a fact takes the place of the one that it contradicts',
      text: 'else entries.push(entry)',
      becomes: 'else state.facts.set(entry.key, [entry])',
    },
  ]),
]
