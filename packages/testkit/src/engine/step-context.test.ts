import { describe, expect, it } from 'vitest'
import { createStepContext } from './step-context.ts'

describe('createStepContext', () => {
  it('is whole without a word, and says in the address and the key what it was told', () => {
    const context = createStepContext({ item: 'src', iteration: 2, prompt: 'Do it.' })
    expect(context).toMatchObject({
      runId: 'run-test',
      flowKey: 'test',
      stepId: 'greet',
      item: 'src',
      attempt: 1,
      iteration: 2,
    })
    expect(context.idempotencyKey).toMatch(/^run-test\/test#1\/greet\[src\]#2@[0-9a-f]{8}$/)
    expect(context.promptParts.task).toBe('Do it.')
    expect(context.signal.aborted).toBe(false)
    expect(createStepContext({ attempt: 7 }).idempotencyKey).toBe(createStepContext().idempotencyKey)
  })

  it('records approvals and questions, and answers them', async () => {
    const context = createStepContext()
    expect(await context.approve({ name: 'write' })).toEqual({
      requestId: 'approval-1',
      approved: true,
      by: 'testkit',
    })
    const questions = [
      { id: 'a', text: 'A?', options: ['x', 'y'] },
      { id: 'b', text: 'B?' },
    ]
    expect(await context.ask(questions)).toEqual({ a: 'x', b: 'answer' })
    expect(context.recorded).toMatchObject({ approvals: [{ name: 'write' }], questions: [questions] })
  })

  it('lets the test decide and reply', async () => {
    const context = createStepContext({
      decide: ({ name }) => name === 'read',
      reply: async () => ({ a: 1 }),
    })
    expect((await context.approve({ name: 'write' })).approved).toBe(false)
    expect((await context.approve({ name: 'read' })).approved).toBe(true)
    expect(await context.ask([])).toEqual({ a: 1 })
  })

  it('keeps facts in versions, files by path, and events in order', async () => {
    const context = createStepContext()
    await context.facts.put([
      { key: 'a', value: 1, confidence: 0.5 },
      { key: 'b', value: 2 },
    ])
    await context.facts.put({ key: 'a', value: 3, confidence: 0.4 })
    expect(await context.facts.get('a')).toMatchObject({
      best: { value: 1, version: 1 },
      entries: [{}, { version: 3 }],
    })
    expect(await context.facts.get('c')).toBeUndefined()
    await context.facts.put({ key: 'B', value: 0 })
    expect((await context.facts.list()).map(({ key }) => key)).toEqual(['B', 'a', 'b'])
    await context.artifacts.put('b.md', new TextEncoder().encode('x'))
    await context.artifacts.append('a/c.md', 'y')
    expect(await context.artifacts.list()).toEqual(['a/c.md', 'b.md'])
    expect(await context.artifacts.get('b.md')).toBe('x')
    await expect(context.artifacts.put('../x', '')).rejects.toMatchObject({ code: 'path_refused' })
    await expect(context.artifacts.get('../x')).rejects.toMatchObject({ code: 'path_refused' })
    await context.record({ type: 'custom', name: 'n', data: 1 })
    expect(context.recorded.events).toEqual([{ type: 'custom', name: 'n', data: 1 }])
  })
})
