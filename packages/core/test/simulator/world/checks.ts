import type { CheckRunner } from '../../../src/engine/check-runner.ts'
import { behaviourKey } from '../scenario.ts'
import type { Stage } from './actor.ts'

/** Runs the verification commands of a process: each step's pass, or fail, as its behaviour says. */
export function createChecks({ world, process, scenario }: Stage): CheckRunner {
  return {
    async run(_, { flowKey, stepId }) {
      const key = behaviourKey(flowKey, stepId)
      await world.turnOf(process, `the check of ${key} ends`)
      return scenario.behaviours[key]?.passes
        ? { exitCode: 0, output: 'all fine' }
        : { exitCode: 1, output: 'bad' }
    },
  }
}
