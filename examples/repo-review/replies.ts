/** What the stub says in the place of a model: texts made by rule from the facts in each prompt. */
import { createStubEngine, type StubCall, type StubEngine } from '@batonjs/engine-stub'
import {
  type AreaFacts,
  type Brief,
  readFacts,
  syntheticCritique,
  syntheticReview,
  syntheticSummary,
  syntheticSynthesis,
} from './analysis/index.ts'

const stream = { size: 48, everyMs: 4 }

/** An engine that needs no key and no network, and says in every text that it is synthetic. */
export function createSyntheticEngine(): StubEngine {
  return createStubEngine({
    steps: {
      // The prompts carry the facts that the flow put there; `readFacts` takes them out again.
      areas: { text: (call) => syntheticReview(facts(call) as AreaFacts), stream },
      brisk: { text: (call) => syntheticSummary(brief(call)), stream },
      thorough: { text: (call) => syntheticSynthesis(brief(call)), stream },
      synthesis: { text: (call) => syntheticSynthesis(brief(call), missed(call)), stream },
      critique: {
        text: (call) => JSON.stringify(syntheticCritique(brief(call), draft(call))),
        data: undefined,
      },
    },
  })
}

function facts({ context }: StubCall): unknown {
  return readFacts(context.promptParts.task)
}

function brief(call: StubCall): Brief {
  // The flow puts the brief into these prompts.
  return facts(call) as Brief
}

/** The names that the critic missed in the pass before, as the prompt lists them. */
function missed({ context }: StubCall): readonly string[] {
  const [, list = ''] = /^Write .*Name these too: (\[.*\])$/m.exec(context.promptParts.task) ?? []
  return list === '' ? [] : JSON.parse(list)
}

function draft({ context }: StubCall): string {
  const { task } = context.promptParts
  return task.slice(task.indexOf('The draft:\n') + 'The draft:\n'.length)
}
