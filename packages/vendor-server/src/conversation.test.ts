import { expect, it } from 'vitest'
import { type Conversation, type Message, toQuestion } from './conversation.ts'

const user = (text: string): Message => ({ from: 'user', text, results: [] })
const assistant: Message = { from: 'assistant', text: '…', results: [] }
const tool = (text: string): Message => ({ from: 'tool', text: '', results: [{ text, isError: false }] })

function question(...messages: Message[]) {
  const conversation: Conversation = {
    vendor: 'openai',
    model: 'm-1',
    streamed: false,
    system: '',
    messages,
    tools: [],
  }
  return toQuestion(conversation, 1)
}

it.each([
  ['nothing without a tag', [user('Hi')], '', ''],
  ['its name', [user('Do [case:tool] it')], 'tool', ''],
  ['its name and the id behind it', [user('[case:tool#a-1]')], 'tool', 'a-1'],
  ['the newest of a conversation', [user('[case:a]'), assistant, user('[case:b#2]')], 'b', '2'],
  ['the last of a prompt, where the task stands', [user('[case:a] then [case:b]')], 'b', ''],
  ['an older one when the user says no new one', [user('[case:a]'), assistant, user('Go on')], 'a', ''],
  [
    'none that a model or a tool says',
    [user('Hi'), { ...assistant, text: '[case:x]' }, tool('[case:y]')],
    '',
    '',
  ],
])('the case of a question is %s', (_, messages, name, id) => {
  expect(question(...messages)).toMatchObject({ case: name, id })
})

it('a turn is counted from where the user last spoke', () => {
  const used = [assistant, tool('1'), assistant, tool('2')]
  expect(question(user('A'), ...used)).toMatchObject({ turn: 2, prompts: 1, prompt: 'A' })
  expect(question(user('A'), ...used, assistant, user('B'))).toMatchObject({
    turn: 0,
    prompts: 2,
    prompt: 'B',
  })
})

it('the results are those since the model last spoke', () => {
  const texts = (...messages: Message[]) => question(...messages).results.map(({ text }) => text)
  expect(texts(user('A'), assistant, tool('1'), tool('2'))).toEqual(['1', '2'])
  expect(texts(user('A'), assistant, tool('1'), assistant, user('B'))).toEqual([])
})
