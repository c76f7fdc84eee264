import type { JsonObject } from '@batonjs/core'
import { describe, expect, it } from 'vitest'
import { judge, takeRequest } from './control.ts'
import { isNamed } from './tool-names.ts'

function answersTo(request: JsonObject, denied: readonly string[]): readonly JsonObject[] {
  const sent: JsonObject[] = []
  takeRequest({ type: 'control_request', request_id: 'r', request }, denied, (message) => sent.push(message))
  return sent
}

describe('the hook before each tool', () => {
  const input = { tool_name: 'WebFetch', tool_input: {} }

  it('denies what the policy denies, also where Claude would not ask', () => {
    const [answer] = answersTo({ subtype: 'hook_callback', input }, ['Web*'])
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
    expect(judge(input, ['Bash'])).toEqual({})
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
