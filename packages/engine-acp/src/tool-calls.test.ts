import { describe, expect, it } from 'vitest'
import { createToolCalls } from './tool-calls.ts'

const propose = (told: object) => createToolCalls({ toolNameInId: true }).propose({ ...told })

describe('the name of a tool, where it stands in the id of the call', () => {
  it.each([
    ['write_file__17_0', 'write_file'],
    ['read_file__read_file_1795267344574_0', 'read_file'],
    ['glob__synth_3f2c########1_17_0', 'glob'],
    ['mcp_hub_github__delete_repo__17_0', 'mcp_hub_github__delete_repo'],
    ['mcp_hub_github__delete_repo__mcp_hub_github__delete_repo_17_0', 'mcp_hub_github__delete_repo'],
    ['mcp_hub_a__a_1__mcp_hub_a__a_1_17_0', 'mcp_hub_a__a_1'],
    ['mcp_hub_github__delete_repo-1795267344574-1', 'mcp_hub_github__delete_repo'],
    ['nothing', 'tool'],
  ])('law 7: is whole, or another one is denied: %s is %s', (toolCallId, name) => {
    expect(propose({ toolCallId }).name).toBe(name)
  })
})

describe('what is shown of a tool', () => {
  const text = (words: string) => [{ type: 'content', content: { type: 'text', text: words } }]
  it.each([
    [false, { content: text('[Payload omitted due to length with parameters: body]') }],
    [false, { title: 'Processing URLs and instructions from prompt: "Read http://127.0.0.1/a and th..."' }],
    [true, { title: 'Wait...', content: text('{"command":"sleep 1"}') }],
    [true, { title: 'ls', content: text('{"a":1}') }],
    [true, { title: 'replace: a... => b...', content: [{ type: 'diff', path: '/a', newText: 'b' }] }],
    [true, { title: 'Wait...', rawInput: { seconds: 1 } }],
  ])('H4: is whole: %s for %j', (isWhole, told) => {
    expect(propose({ toolCallId: 'x', ...told }).isWhole).toBe(isWhole)
  })
})
