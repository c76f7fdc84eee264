import { describe, expect, it } from 'vitest'
import type { FlowInput, FunctionStepInput, StepInput } from '../flow/flow.ts'
import type { JsonObject, JsonValue } from '../flow/json.ts'
import { contentKeyOf, digestInputs, type KeyInputs } from './content-key.ts'
import { itemStep, main, type Script, step } from './hand-call.fixture.ts'
import { begin, type HandRun, play } from './hand-run.fixture.ts'
import { executionOf } from './lookup.ts'

/** The content key of the last start of a step. */
function keyOf(run: HandRun, stepId: string, item?: string): string {
  const starts = run.all('step_start').filter((event) => event.stepId === stepId && event.item === item)
  return starts.at(-1)?.contentKey ?? 'never started'
}

describe('content keys of executions', () => {
  const chain = (first: Partial<FunctionStepInput> = {}, last: Partial<FunctionStepInput> = {}): FlowInput =>
    main(step('a', first), step('b'), step('c', last))

  const keyOfLast = async (flow: FlowInput, script: Script = {}, params: JsonObject = {}): Promise<string> =>
    keyOf(await play(flow, script, { request: { params } }), 'c')

  it('S6: the same work has the same key, in another run and whatever it gives', async () => {
    const key = await keyOfLast(chain())
    expect(key).toMatch(/^[0-9a-f]{64}$/)
    expect(await keyOfLast(chain(), { a: { value: 'other' }, b: { value: 'other' } })).toBe(key)
  })

  it.each<[string, FlowInput, JsonObject, boolean]>([
    ['its version', chain({}, { version: '2' }), {}, false],
    ['its policy', chain({}, { timeoutMs: 1_000 }), {}, false],
    ['a step before the one before it', chain({ version: '2' }), {}, false],
    ['the params of the run', chain(), { topic: 'tea' }, false],
    ['its title', chain({}, { title: 'Another' }), {}, true],
    ['the title of a step before', chain({ title: 'Another', teaching: { note: 'n' } }), {}, true],
    ['the title of the flow', { ...chain(), title: 'Another' }, {}, true],
    ['the code of a step', chain({}, { run: () => 'other code, same version' }), {}, true],
  ])('S6: it changes with %s: %s', async (_, flow, params, same) => {
    const key = await keyOfLast(chain())
    expect((await keyOfLast(flow, {}, params)) === key).toBe(same)
  })

  it('S6: it changes with what a reference resolved to', async () => {
    const gate: StepInput = { id: 'gate', kind: 'approval', prompt: 'Apply $diff.output?' }
    const keyFor = async (value: JsonValue): Promise<string> =>
      keyOf(await play(main(step('diff'), gate), { diff: { value } }), 'gate')
    expect(await keyFor('+1')).toBe(await keyFor('+1'))
    expect(await keyFor('+1')).not.toBe(await keyFor('+2'))
  })

  it('S6: each item has its own, by its key and its value', async () => {
    const each = (items: string): FlowInput =>
      main({ id: 'each', kind: 'map', items, itemKey: '$item.id', step: itemStep })
    const first = await play(each('[{"id": "x", "n": 1}, {"id": "y", "n": 1}]'))
    expect(keyOf(first, 'each', 'x')).not.toBe(keyOf(first, 'each', 'y'))
    const second = await play(each('[{"id": "x", "n": 2}, {"id": "y", "n": 1}]'))
    expect(keyOf(second, 'each', 'x')).not.toBe(keyOf(first, 'each', 'x'))
  })

  it('S6: of a race only what won it is in the key', async () => {
    const race = (version: string): FlowInput =>
      main(
        step('quick', { needs: [] }),
        step('slow', { needs: [], version }),
        step('race', { needs: ['quick', 'slow'], triggerRule: 'one_success' }),
      )
    const keyAfter = async (version: string, winner: string): Promise<string> => {
      const run = await begin(race(version))
      await run.end(winner)
      return keyOf(run, 'race')
    }
    expect(await keyAfter('2', 'quick')).toBe(await keyAfter('1', 'quick'))
    expect(await keyAfter('2', 'slow')).not.toBe(await keyAfter('1', 'slow'))
  })

  it('S6: the iterations of a loop have one key, for they do the same work anew', async () => {
    const flow = main(
      step('a'),
      step('b', { routing: { kind: 'microloop', loopTarget: 'a', maxIterations: 1 } }),
    )
    const keys = (await play(flow))
      .all('step_start')
      .flatMap((event) => (event.stepId === 'a' ? [event.contentKey] : []))
    expect(keys).toHaveLength(2)
    expect(new Set(keys).size).toBe(1)
  })
})

describe('content keys of calls', () => {
  it('S6: engine, model and each input are in the key', async () => {
    const run = await begin(main(step('a')))
    const execution = executionOf(run.state, { frame: 'main#1', stepId: 'a' })
    const nothing: KeyInputs = { engine: undefined, model: undefined, inputDigests: undefined }
    const keys = [
      nothing,
      { ...nothing, engine: 'stub' },
      { ...nothing, engine: 'claude' },
      { ...nothing, engine: 'stub', model: 'small' },
      { ...nothing, inputDigests: digestInputs({ '$a.output': 'x' }) },
      { ...nothing, inputDigests: digestInputs({ '$a.output': 'y' }) },
      { ...nothing, inputDigests: digestInputs({ '$b.output': 'x' }) },
    ].map((inputs) => contentKeyOf(execution, inputs))
    expect(new Set(keys).size).toBe(keys.length)
  })

  it('S6: inputs are digested by name, and none are none', () => {
    expect(digestInputs({})).toBeUndefined()
    expect(digestInputs({ b: { y: 1, x: 2 } })).toEqual(digestInputs({ b: { x: 2, y: 1 } }))
  })
})
