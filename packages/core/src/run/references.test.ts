import { createStubEngine, type StubReplies } from '@batonjs/engine-stub'
import { describe, expect, it } from 'vitest'
import { defineFlow } from '../flow/define-flow.ts'
import type { StepInput } from '../flow/flow.ts'
import type { JsonObject } from '../flow/json.ts'
import { createOrchestrator } from '../orchestrator/create-orchestrator.ts'
import type { RunResult } from '../orchestrator/options.ts'

interface Asked {
  readonly result: RunResult
  /** `step: task` of each call, in order. */
  readonly tasks: readonly string[]
}

/** Runs agent steps and tells what each call was asked. */
async function ask(
  steps: readonly StepInput[],
  replies: Readonly<Record<string, StubReplies>> = {},
  params: JsonObject = {},
): Promise<Asked> {
  const engine = createStubEngine((call) => pick(replies[call.stepId], call.iteration))
  const orchestrator = createOrchestrator({ flows: [defineFlow({ key: 'main', steps })], engines: [engine] })
  const result = await orchestrator.execute({ params })
  const tasks = engine.calls.map(({ stepId, context }) => `${stepId}: ${untagged(context.promptParts.task)}`)
  return { result, tasks }
}

/** The task without the tags that it stands between. */
function untagged(task: string): string {
  return task.replaceAll(/<\/?baton:[^>]*>/g, '').trim()
}

function pick(replies: StubReplies | undefined, iteration: number): Exclude<StubReplies, readonly unknown[]> {
  const list = replies === undefined ? [] : [replies].flat()
  const reply = list[Math.min(iteration, list.length) - 1]
  return reply ?? { text: `said ${iteration}` }
}

const again = [
  { text: 'no', verdict: 'UNVERIFIED' },
  { text: 'yes', verdict: 'VERIFIED' },
]
const loop = { kind: 'microloop', loopTarget: 'author' } as const

describe('in a sequence', () => {
  const read = async (
    prompt: string,
    first: StubReplies = { text: 'the plan' },
  ): Promise<string | undefined> => {
    const { tasks } = await ask(
      [
        { id: 'plan', prompt: 'Plan' },
        { id: 'do', prompt },
      ],
      { plan: first },
      { topic: 'tea' },
    )
    return tasks[1]
  }

  it('T1: references are resolved just before the call', async () => {
    expect(await read('Do $plan.output about $params.topic for $$5')).toBe('do: Do the plan about tea for $5')
    expect(await read('$plan.output.files.0', { data: { files: ['a.ts'] } })).toBe('do: a.ts')
    expect(await read('$plan.output.risk', { text: '---\nrisk: high\n---\nText' })).toBe('do: high')
  })

  it('T1: what they give is data and is not expanded again', async () => {
    expect(await read('Do $plan.output', { text: '$params.topic $plan.output' })).toBe(
      'do: Do $params.topic $plan.output',
    )
  })

  it('T1: null is a value like any other', async () => {
    const { tasks } = await ask([
      { id: 'plan', kind: 'function', run: () => null },
      { id: 'do', prompt: '[$plan.output] [$plan.output?]' },
    ])
    expect(tasks).toEqual(['do: [null] [null]'])
  })

  it('T1: one that is missing fails the step before any call, and with ? is empty', async () => {
    const missing = await ask([
      { id: 'plan', prompt: 'Plan' },
      { id: 'do', prompt: '$plan.output.nothing' },
    ])
    expect(missing.tasks).toEqual(['plan: Plan'])
    expect(missing.result.error).toMatchObject({ code: 'reference_unresolved' })
    expect(await read('[$plan.output.nothing?]')).toBe('do: []')
  })

  it('T1: the winner of a race is read by its own name', async () => {
    const { tasks } = await ask(
      [
        { id: 'bad', prompt: 'A', needs: [] },
        { id: 'good', prompt: 'B', needs: [] },
        { id: 'race', prompt: 'Take $winner.output', needs: ['bad', 'good'], triggerRule: 'one_success' },
      ],
      { bad: { fail: { code: 'broken' } }, good: { text: 'mine' } },
    )
    expect(tasks.at(-1)).toBe('race: Take mine')
  })

  it('T1: a step that was skipped or failed has nothing to give', async () => {
    const steps = (prompt: string): readonly StepInput[] => [
      { id: 'a', prompt: 'A', needs: [], when: 'false' },
      { id: 'b', prompt: 'B', needs: [] },
      { id: 'c', prompt, needs: ['a', 'b'], triggerRule: 'all_done' },
    ]
    const failing = { b: { fail: { code: 'broken' } } }
    expect((await ask(steps('[$a.output?][$b.output?]'), failing)).tasks.at(-1)).toBe('c: [][]')
    for (const prompt of ['$a.output', '$b.output']) {
      const { result } = await ask(steps(prompt), failing)
      expect(result.census?.failures.map(({ code }) => code)).toContain('reference_unresolved')
    }
  })
})

describe('in a loop', () => {
  it('T1: a producer upstream is read as of this iteration, one downstream and the step itself as of the last', async () => {
    const { tasks } = await ask(
      [
        { id: 'author', prompt: 'Mend [$author.output?] for [$critic.output?]' },
        { id: 'critic', prompt: 'Judge $author.output', routing: loop },
      ],
      { author: [{ text: 'draft 1' }, { text: 'draft 2' }], critic: again },
    )
    expect(tasks).toEqual([
      'author: Mend [] for []',
      'critic: Judge draft 1',
      'author: Mend [draft 1] for [no]',
      'critic: Judge draft 2',
    ])
  })

  it('T1: a producer outside gives what it gave last, also a loop that was left', async () => {
    const { tasks } = await ask(
      [
        { id: 'plan', prompt: 'Plan' },
        { id: 'author', prompt: 'Write $plan.output' },
        { id: 'critic', prompt: 'Judge', routing: loop },
        { id: 'ship', prompt: 'Ship $author.output' },
      ],
      { author: [{ text: 'draft 1' }, { text: 'draft 2' }], critic: again },
    )
    expect(tasks.filter((task) => task.startsWith('author'))).toEqual([
      'author: Write said 1',
      'author: Write said 1',
    ])
    expect(tasks.at(-1)).toBe('ship: Ship draft 2')
  })

  it('T1: a producer upstream that did not succeed in this iteration gives nothing of an earlier one', async () => {
    const { tasks } = await ask(
      [
        { id: 'author', prompt: 'Write', needs: [] },
        { id: 'check', prompt: 'Check', needs: ['author'], allowFailure: true },
        {
          id: 'critic',
          prompt: 'Judge [$check.output?]',
          needs: ['author', 'check'],
          triggerRule: 'all_done',
          routing: loop,
        },
      ],
      { check: [{ text: 'fine' }, { fail: { code: 'broken' } }], critic: again },
    )
    expect(tasks.filter((task) => task.startsWith('critic'))).toEqual([
      'critic: Judge [fine]',
      'critic: Judge []',
    ])
  })

  it('T1: an item of a map reads its own value, and steps around the map as any step does', async () => {
    const { tasks } = await ask(
      [
        { id: 'author', prompt: 'Write', needs: [] },
        {
          id: 'each',
          kind: 'map',
          needs: ['author'],
          items: '["x", "y"]',
          itemKey: '$item',
          concurrency: 1,
          step: { prompt: '#$index $item of $author.output after [$critic.output?]' },
        },
        { id: 'critic', prompt: 'Judge $each.output', needs: ['each'], routing: loop },
      ],
      { critic: again, each: { text: 'ok' } },
    )
    expect(tasks.filter((task) => !task.startsWith('author'))).toEqual([
      'each: #0 x of said 1 after []',
      'each: #1 y of said 1 after []',
      'critic: Judge ["ok","ok"]',
      'each: #0 x of said 2 after [no]',
      'each: #1 y of said 2 after [no]',
      'critic: Judge ["ok","ok"]',
    ])
  })
})
