import type { StepEngine } from '@batonjs/core'
import { describe, expect, it } from 'vitest'
import { call, linesIn, temporaryFolder } from './cassette.fixture.ts'
import { recordEngine } from './record-engine.ts'
import { createReplayEngine } from './replay-engine.ts'

function createEngine(runStep: StepEngine['runStep']): StepEngine {
  return { specVersion: 1, id: 'scripted', runStep }
}

const silent = createEngine(async function* () {
  yield { type: 'token_chunk', text: 'Hi' }
  return { status: 'succeeded', output: 'Hi' }
})

describe('a cassette', () => {
  it.each([
    ['with a line end of its file', 'sk-123456789\n', 'sk-123456789'],
    ['in JSON that is a text in JSON', 'sk-"1234567', 'sk-\\\\\\"1234567'],
    ['as its escapes are read', 'BEGIN\\nKEY-12345', 'BEGIN\nKEY-12345'],
    ['with other line ends', 'BEGIN\nKEY-12345', 'BEGIN\r\nKEY-12345'],
    ['in a form', 'pass word/1+', 'pass+word%2F1%2B'],
    ['in a URL with small digits', 'pass:word/', 'pass%3aword%2f'],
    ['as a number', '0123456789012', 123456789012],
  ])('keeps no secret %s, as core does not', async (_, secret, said) => {
    const folder = temporaryFolder()
    const engine = createEngine(async function* () {
      yield { type: 'tool_start', toolCallId: 't', tool: 'read', input: { said } }
      return { status: 'succeeded', output: 'ok' }
    })
    await call(recordEngine(engine, folder, { secrets: [secret] }))
    expect(linesIn(folder)).toContainEqual(
      expect.objectContaining({ event: expect.objectContaining({ input: { said: '[secret]' } }) }),
    )
  })

  it.each(['result', 'e', 'kind', 'succeeded'])(
    'leaves a run that is named "%s" as it stands',
    async (runId) => {
      const folder = temporaryFolder()
      const prompt = 'Give the result of the review.'
      await call(recordEngine(silent, folder), { runId, prompt })
      expect(JSON.stringify(linesIn(folder))).not.toContain('{{baton:')
      const { result } = await call(createReplayEngine(folder), { runId: 'another', prompt })
      expect(result).toEqual({ status: 'succeeded', output: 'Hi' })
    },
  )

  it('leaves a workspace that is named like a word as it stands', async () => {
    const folder = temporaryFolder()
    await call(recordEngine(silent, folder), { workspace: 'src', prompt: 'Look into src.' })
    expect(JSON.stringify(linesIn(folder))).toContain('Look into src.')
  })

  it('can be played whatever word is a secret', async () => {
    const folder = temporaryFolder()
    const engine = createEngine(async function* ({ artifacts }) {
      await artifacts.put('a.md', 'An artifact')
      yield { type: 'token_chunk', text: 'ok' }
      return { status: 'succeeded', output: 'ok' }
    })
    await call(recordEngine(engine, folder, { secrets: ['artifact'] }))
    const { recorded } = await call(createReplayEngine(folder))
    expect(recorded.artifacts.get('a.md')).toBe('An [secret]')
  })
})
