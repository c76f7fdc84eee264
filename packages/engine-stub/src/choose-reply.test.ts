import { createStepContext, type TestStepContextOptions } from '@batonjs/testkit'
import { describe, expect, it } from 'vitest'
import { createStubEngine } from './stub-engine.ts'

async function answer(
  steps: Record<string, object>,
  context: TestStepContextOptions,
  calls = 1,
): Promise<string> {
  const engine = createStubEngine({ steps, otherwise: { text: 'otherwise' } })
  let text = ''
  for (let call = 0; call < calls; call++) {
    const running = engine.runStep(createStepContext({ stepId: 'review', flowKey: 'build', ...context }))
    for (let step = await running.next(); ; step = await running.next()) {
      if (step.done === true) {
        text = step.value.output
        break
      }
    }
  }
  return text
}

const steps = {
  review: { text: 'any' },
  'review[src]': { text: 'item' },
  'review[src]#2': { text: 'item, iteration' },
  'review#2': { text: 'iteration' },
  'review#2.3': { text: 'iteration, attempt' },
  'build/review': { text: 'flow' },
  'build#2/review': { text: 'visit' },
  'other/review#2': { text: 'other flow' },
}

const { 'build/review': _flow, 'build#2/review': _visit, ...withoutFlow } = steps

describe('choosing a reply', () => {
  it.each([
    ['a step', {}, 'any'],
    ['a map item', { item: 'src' }, 'item'],
    ['another map item', { item: 'docs' }, 'any'],
    ['an iteration', { iteration: 2 }, 'iteration'],
    ['an iteration of an item', { item: 'src', iteration: 2 }, 'item, iteration'],
    ['another iteration of an item', { item: 'src', iteration: 3 }, 'item'],
    ['an attempt', { iteration: 2, attempt: 3 }, 'iteration, attempt'],
    ['another step', { stepId: 'plan' }, 'otherwise'],
    ['a step named like a member of objects', { stepId: 'constructor' }, 'otherwise'],
  ])('takes the narrowest address for %s', async (_, context, text) => {
    expect(await answer(withoutFlow, context)).toBe(text)
  })

  it('V3: tells flows and visits apart before anything else', async () => {
    expect(await answer(steps, { iteration: 2 })).toBe('flow')
    expect(await answer(steps, { iteration: 2, visit: 2 })).toBe('visit')
  })

  it('answers iterations in turn from a list whose last entry repeats', async () => {
    const list = { review: [{ text: 'first' }, { text: 'second' }] }
    const texts = [1, 2, 3].map((iteration) => answer(list, { iteration }))
    expect(await Promise.all(texts)).toEqual(['first', 'second', 'second'])
  })

  it('answers attempts in turn', async () => {
    const reply = { review: { attempts: [{ text: 'first' }, { text: 'second' }] } }
    const texts = [1, 2, 3].map((attempt) => answer(reply, { attempt }))
    expect(await Promise.all(texts)).toEqual(['first', 'second', 'second'])
  })

  it('S5: gives a call that runs again after a crash the same reply, whatever was called before', async () => {
    const list = { review: [{ text: 'first' }, { text: 'second' }] }
    expect(await answer(list, { iteration: 1, attempt: 1 }, 3)).toBe('first')
  })

  it('answers requests to mend in turn, within one attempt', async () => {
    const repairs = [{ text: 'mended once' }, { text: 'mended twice' }]
    const { promptParts } = createStepContext()
    const context = { promptParts: { ...promptParts, repair: 'no JSON' } }
    expect(await answer({ review: { text: 'plain', repairs } }, {})).toBe('plain')
    expect(await answer({ review: { repairs } }, context, 1)).toBe('mended once')
    expect(await answer({ review: { repairs } }, context, 2)).toBe('mended twice')
    expect(await answer({ review: { text: 'plain' } }, context, 2)).toBe('plain')
  })

  it('asks a function with the whole call', async () => {
    const engine = createStubEngine(({ stepId, attempt, context }) =>
      stepId === 'greet' ? { text: `${context.runId} ${attempt}` } : undefined,
    )
    const step = await engine.runStep(createStepContext({ attempt: 2 })).next()
    expect(step.value).toMatchObject({ content: 'run-test 2' })
    const other = await engine.runStep(createStepContext({ stepId: 'other' })).next()
    expect(other.value).toMatchObject({ content: expect.stringContaining('[stub] other') })
  })

  it.each(['Review', 'review.2', 'review#', 'review[src', 'a/b/c', 'review#1#2', ''])(
    'refuses the key "%s"',
    (key) => {
      expect(() => createStubEngine({ steps: { [key]: {} } })).toThrow(
        expect.objectContaining({ code: 'script_invalid' }),
      )
    },
  )
})
