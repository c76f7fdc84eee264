import type { JsonObject } from '@batonjs/core'
import { describe, expect, it } from 'vitest'
import { judge, takeRequest } from './control.ts'
import type { ToolRules } from './conversation.ts'
import { objectIn } from './fields.ts'
import { isNamed } from './tool-names.ts'

function answersTo(request: JsonObject, rules: ToolRules): readonly JsonObject[] {
  const sent: JsonObject[] = []
  takeRequest({ type: 'control_request', request_id: 'r', request }, rules, (message) => sent.push(message))
  return sent
}

function decisionOn(tool_name: string, rules: ToolRules): unknown {
  return objectIn(judge({ tool_name }, rules), 'hookSpecificOutput').permissionDecision
}

describe('the hook before each tool', () => {
  const input = { tool_name: 'WebFetch', tool_input: {} }

  it('denies what the policy denies, also where Claude would not ask', () => {
    const [answer] = answersTo({ subtype: 'hook_callback', input }, { denied: ['Web*'] })
    expect(answer).toMatchObject({
      type: 'control_response',
      response: {
        subtype: 'success',
        request_id: 'r',
        response: { hookSpecificOutput: { hookEventName: 'PreToolUse', permissionDecision: 'deny' } },
      },
    })
  })

  it('says nothing of another tool: Claude asks for it, or does not', () => {
    expect(judge(input, { denied: ['Bash'] })).toEqual({})
  })

  it.each([
    ['Task*', 'Agent'],
    ['Agent', 'Task'],
    ['BashOut*', 'TaskOutput'],
    ['Kill*', 'TaskStop'],
  ])('denies by %s what it is told of as %s: a tool may have two names', (pattern, tool_name) => {
    expect(decisionOn(tool_name, { denied: [pattern] })).toBe('deny')
  })

  it('L7: has all asked that is not allowed, when the policy denies everything else', () => {
    const rules = { denied: ['Bash'], unasked: ['Read', 'mcp__docs__*', 'Task'] }
    const decisions = ['Bash', 'Write', 'Read', 'mcp__docs__search', 'Agent'].map((tool) =>
      decisionOn(tool, rules),
    )
    expect(decisions).toEqual(['deny', 'ask', undefined, undefined, undefined])
  })

  it('says nothing of the answer in structured form, which is no tool', () => {
    expect(judge({ tool_name: 'StructuredOutput' }, { denied: ['*'], unasked: [] })).toEqual({})
  })
})

it.each([
  ['Bash', 'Bash', true],
  ['Bash', 'BashOutput', false],
  ['mcp__*', 'mcp__docs__search', true],
  ['mcp__*__write*', 'mcp__docs__write_page', true],
  ['mcp__*__write*', 'mcp__docs__read', false],
  ['*', 'Anything', true],
  ['W.b*', 'WebFetch', false],
])('the pattern %s of the policy and the tool %s: %s', (pattern, tool, isDenied) => {
  expect(isNamed(tool, [pattern])).toBe(isDenied)
})
