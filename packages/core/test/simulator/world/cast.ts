/** The flows of a scenario, and who plays their function steps. */
import type { Flow } from '../../../src/flow/flow.ts'
import { makeFlow } from '../make-flow.ts'
import type { Scenario } from '../scenario.ts'
import type { Stage } from './actor.ts'
import { createSimulatedFunction } from './function-step.ts'

/** The flows of a scenario. */
export interface Cast {
  readonly scenario: Scenario
  readonly flows: readonly Flow[]
  /** The flows of a process. Those that it shares with the processes before play on its stage from now on. */
  flowsOf(stage: Stage): readonly Flow[]
}

/** Makes the flows of a scenario. Throws `flow_invalid`. */
export function createCast(scenario: Scenario): Cast {
  let current: Stage | undefined
  const run = createSimulatedFunction(() => {
    if (current === undefined) throw new Error('No process is on')
    return current
  })
  const shared = scenario.flows.map((flow) => makeFlow(flow, run))
  // Only then do two processes run at once.
  const isContested = scenario.faults.some(({ kind }) => kind === 'takeover')
  return {
    scenario,
    flows: shared,
    flowsOf(stage) {
      current = stage
      if (!isContested) return shared
      return scenario.flows.map((flow) =>
        makeFlow(
          flow,
          createSimulatedFunction(() => stage),
        ),
      )
    },
  }
}
