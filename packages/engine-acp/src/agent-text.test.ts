import { expect, it } from 'vitest'
import { createAgentText, type TextQuirks } from './agent-text.ts'

/** What a turn has said in the end, of chunks `<id> <text>`. */
function lastOf(chunks: readonly string[], naming?: TextQuirks): string {
  const text = createAgentText(naming)
  for (const chunk of chunks) {
    const [messageId = '', ...words] = chunk.split(' ')
    text.add({ messageId, content: { type: 'text', text: words.join(' ') } })
  }
  text.pause()
  return text.last
}

// As claude-agent-acp 0.49.0 sends it when a stream breaks after two chunks.
const BROKEN = ['1 This answe', '1 r is whole', '2 , to its last word.']

it('another id is another message', () => {
  expect(lastOf(BROKEN)).toBe(', to its last word.')
})

it('another id is the rest of the message before, of an agent that mends a broken stream', () => {
  expect(lastOf(BROKEN, { mendsMessages: true })).toBe('This answer is whole, to its last word.')
})

it('what is said after something else is another message of such an agent, too', () => {
  const text = createAgentText({ mendsMessages: true })
  text.add({ messageId: '1', content: { type: 'text', text: 'I look.' } })
  text.pause()
  text.add({ messageId: '2', content: { type: 'text', text: 'It rains.' } })
  text.pause()
  expect(text.last).toBe('It rains.')
})
