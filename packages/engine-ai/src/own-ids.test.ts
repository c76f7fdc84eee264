import { describe, expect, it } from 'vitest'
import { createAiEngine } from './ai-engine.ts'
import { call, modelAt, sessionIn, startRawTurns } from './loopback.fixture.ts'
import { createTools } from './tools.fixture.ts'

/** The bytes of a turn, as an OpenAI-compatible service streams it. */
function turnOf(delta: object, reason: string): string {
  const chunks = [
    { delta: { role: 'assistant', ...delta }, finish_reason: null },
    { delta: {}, finish_reason: reason },
  ]
  const lines = chunks.map((choice) => JSON.stringify({ id: 'c', choices: [{ index: 0, ...choice }] }))
  return `${lines.map((line) => `data: ${line}\n\n`).join('')}data: [DONE]\n\n`
}

const textTurn = (content: string) => turnOf({ content }, 'stop')

interface RawCall {
  readonly id: string
  readonly name: string
  readonly arguments: string
}

const toolTurn = (...calls: readonly RawCall[]) =>
  turnOf(
    { tool_calls: calls.map(({ id, ...use }, index) => ({ index, id, type: 'function', function: use })) },
    'tool_calls',
  )

describe('calls of tools', () => {
  it.each(['call_0', ''])('run each when the service gives its calls the id "%s" again', async (id) => {
    const { tools, done } = createTools()
    const use = (path: string) => ({ id, name: 'read', arguments: JSON.stringify({ path }) })
    const url = await startRawTurns([
      toolTurn(use('a'), { id, name: 'read', arguments: '{"paht":1}' }, use('b')),
      toolTurn(use('c')),
      textTurn('Done.'),
    ])
    const { result, events } = await call(createAiEngine({ model: modelAt(url), tools }))
    expect(done).toEqual(['read a', 'read b', 'read c'])
    expect(result.output).toBe('Done.')
    expect(JSON.stringify(sessionIn(events))).toContain('Invalid input for tool read')
  })
})
