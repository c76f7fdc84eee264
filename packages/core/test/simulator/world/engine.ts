/** Engines that play the behaviours of their steps, well and badly. */
import type { StepContext } from '../../../src/engine/context.ts'
import type { StepEngine } from '../../../src/engine/engine.ts'
import type { EngineEvent, StepResult } from '../../../src/engine/result.ts'
import { factKeyOf, type Saying } from '../scenario.ts'
import { askPeople, behaviourOf, giftOf, hang, type Stage, takeTurn, troubleOf } from './actor.ts'
import { tellWorking, toldAtLast } from './billing.ts'
import type { OngoingCall } from './calls.ts'
import { fail, garbageResult } from './trouble.ts'

/** An engine of a process. */
export function createSimulatedEngine(id: string, stage: Stage): StepEngine {
  const { accounts, priceless } = stage.scenario.host
  const account = accounts?.[id]
  return {
    specVersion: 1,
    id,
    ...(account === undefined ? {} : { account }),
    ...(priceless?.includes(id) ? { tellsCost: false } : {}),
    async *runStep(context) {
      const { budget } = context
      const call = stage.book.begin({ context, process: stage.process, engine: id, budget })
      try {
        return yield* play(stage, context, call)
      } finally {
        call.end()
      }
    },
  }
}

async function* play(
  stage: Stage,
  context: StepContext,
  call: OngoingCall,
): AsyncGenerator<EngineEvent, StepResult, void> {
  const behaviour = behaviourOf(stage, context)
  for (const saying of behaviour.sayings) {
    yield* say(saying, stage, context)
  }
  yield* tellWorking(behaviour, stage, context)
  for (let pause = 0; pause < behaviour.pauses; pause += 1) await takeTurn(stage, context)
  const trouble = troubleOf(behaviour, context)
  if (trouble === 'hang' || trouble === 'ignore-abort') return await hang(stage, context, trouble === 'hang')
  if (trouble === 'garbage') return garbageResult(context)
  if (trouble !== undefined) return fail(trouble, behaviour.trouble?.retryAfterMs)
  const used: EngineEvent[] = []
  const act = (requestId: string, index: number): void => {
    used.push({ type: 'tool_start', toolCallId: `act-${index}`, tool: 'act', requestId })
  }
  const answers = await askPeople(behaviour, context, { call, act })
  for (const event of used) yield event
  const { text = '', ...gift } = giftOf(behaviour, context, [context.promptParts.task, ...answers])
  return { status: 'succeeded', output: text, ...gift, ...toldAtLast(behaviour.bill) }
}

async function* say(
  saying: Saying,
  stage: Stage,
  context: StepContext,
): AsyncGenerator<EngineEvent, void, void> {
  const { stepId, attempt } = context
  switch (saying) {
    case 'chunk':
      yield { type: 'token_chunk', text: 'so ' }
      return
    case 'message':
      yield { type: 'message', role: 'assistant', content: 'thinking' }
      return
    case 'tool':
      yield { type: 'tool_start', toolCallId: 'tool', tool: 'read', input: { path: stepId } }
      await takeTurn(stage, context)
      yield { type: 'tool_end', toolCallId: 'tool', tool: 'read', success: true }
      return
    case 'usage':
      yield { type: 'usage', usage: { inputTokens: 3, outputTokens: 5 }, costUsd: 0.5 }
      return
    case 'session':
      yield { type: 'session', session: { of: stepId, attempt } }
      return
    case 'files':
      yield { type: 'file_changes', files: [{ path: `${stepId}.ts`, action: 'modified', insertions: 1 }] }
      return
    case 'fact':
      await context.facts.put({ key: factKeyOf(context), value: context.iteration })
      return
    case 'custom':
      await context.record({ type: 'custom', name: 'note', data: stepId })
      return
    case 'garbage':
      // What a broken engine might yield; the port's types do not let it pass.
      yield { type: 'nonsense', of: [1n] } as unknown as EngineEvent
  }
}
