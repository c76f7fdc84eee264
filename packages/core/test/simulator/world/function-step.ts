/** The code of every function step: it plays the behaviour of its step. */
import type { FunctionContext } from '../../../src/engine/context.ts'
import type { StepFunction } from '../../../src/flow/flow.ts'
import type { JsonValue } from '../../../src/flow/json.ts'
import { factKeyOf, type PlannedFlow, type Scenario } from '../scenario.ts'
import { askPeople, behaviourOf, giftOf, hang, type Stage, takeTurn, troubleOf } from './actor.ts'
import type { OngoingCall } from './calls.ts'
import { fail, garbageValue } from './trouble.ts'

/** A function that acts on the stage of its process. */
export function createSimulatedFunction(stageOf: () => Stage): StepFunction {
  return async (context) => {
    const stage = stageOf()
    const call = stage.book.begin({ context, process: stage.process })
    try {
      return await play(stage, context, call)
    } finally {
      call.end()
    }
  }
}

async function play(
  stage: Stage,
  context: FunctionContext,
  call: OngoingCall,
): Promise<JsonValue | undefined> {
  const behaviour = behaviourOf(stage, context)
  if (behaviour.sayings.includes('fact')) await context.facts.put({ key: factKeyOf(context), value: 1 })
  if (behaviour.sayings.includes('custom')) await context.record({ type: 'custom', name: 'note', data: null })
  for (let pause = 0; pause < behaviour.pauses; pause += 1) await takeTurn(stage, context)
  const trouble = troubleOf(behaviour, context)
  if (trouble === 'hang' || trouble === 'ignore-abort') return await hang(stage, context, trouble === 'hang')
  if (trouble === 'garbage') return garbageValue(context)
  if (trouble !== undefined) return fail(trouble)
  const answers = await askPeople(behaviour, context, { call })
  const { text, data, handoff } = giftOf(behaviour, context, [readNeeds(stage.scenario, context), ...answers])
  if (handoff !== undefined) context.handoff(handoff)
  return data ?? text
}

/** The outputs of the steps that this one needs. */
function readNeeds({ flows }: Scenario, context: FunctionContext): JsonValue {
  const flow = flows.find(({ key }: PlannedFlow) => key === context.flowKey)
  const needs = flow?.steps.find(({ id }) => id === context.stepId)?.needs ?? []
  return needs.map((need) => context.outputOf(need) ?? null)
}
