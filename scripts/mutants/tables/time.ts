import { inFile, type Mutant } from '../mutant.ts'

/** What holds while clocks jump and processes sleep. */
export const time: readonly Mutant[] = [
  ...inFile('packages/core/src/orchestrator/run-clock.ts', 'src/orchestrator/run-clock', [
    {
      rule: 'fault 11',
      off: 'the time of a run goes back with the clock of its machine',
      text: 'start = Math.max(start, clock.now() - clock.monotonic())',
      becomes: 'start = clock.now() - clock.monotonic()',
    },
    {
      rule: 'fault 11',
      off: 'a run that is resumed begins before its last event',
      text: 'let start = since - clock.monotonic()',
      becomes: 'let start = 0',
    },
  ]),
  ...inFile('packages/core/src/orchestrator/clock.ts', 'src/orchestrator/clock', [
    {
      rule: 'fault 11',
      off: 'a timer waits for a clock that was set back',
      text: 'Math.min(end - performance.now(), at - Date.now())',
      becomes: 'at - Date.now()',
    },
    {
      rule: 'fault 11',
      off: 'a timer does not notice that the clock was set forward',
      text: 'Math.min(end - performance.now(), at - Date.now())',
      becomes: 'end - performance.now()',
    },
  ]),
  ...inFile('packages/core/src/orchestrator/calls/running-call.ts', 'src/orchestrator/left-timers', [
    {
      rule: 'law 5',
      off: 'a call that was cut off leaves its timers',
      text: 'this.timer?.stop()',
      becomes: '',
    },
  ]),
  ...inFile('packages/core/src/orchestrator/records/write-behind.ts', 'src/orchestrator/records', [
    {
      rule: 'S7',
      off: 'an owner that was overtaken writes projections',
      text: 'if (!isFirst && !(await isOwner().catch(() => false))) waiting.clear()',
      becomes: '',
    },
  ]),
]
