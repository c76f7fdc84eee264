import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { hostileText } from '../../prompt/injection.fixture.ts'
import { isTranscribed, transcriptLine } from './transcript-line.ts'

const timestamp = '2026-01-01T00:00:00.000Z'

describe('transcriptLine', () => {
  it('A11: a message has timestamp, role and content', () => {
    expect(transcriptLine({ type: 'message', role: 'assistant', content: 'Hello.\nBye.' }, timestamp)).toBe(
      `{"timestamp":"${timestamp}","role":"assistant","content":"Hello.\\nBye."}\n`,
    )
  })

  it('A4: a tool has a line when it is used and one when it is done', () => {
    const tool = { toolCallId: 't1', tool: 'Read' }
    expect(transcriptLine({ type: 'tool_start', ...tool, input: { path: 'a' } }, timestamp)).toBe(
      `{"timestamp":"${timestamp}","type":"tool_use","tool":"Read","tool_call_id":"t1","input":{"path":"a"}}\n`,
    )
    expect(transcriptLine({ type: 'tool_end', ...tool, success: false, durationMs: 5 }, timestamp)).toBe(
      `{"timestamp":"${timestamp}","type":"tool_result","tool":"Read","tool_call_id":"t1","output":null,"success":false,"duration_ms":5}\n`,
    )
  })

  it('fault 23: is one line that gives the content back, whatever it holds', () => {
    fc.assert(
      fc.property(hostileText, (content) => {
        const line = transcriptLine({ type: 'message', role: 'user', content }, timestamp)
        expect(line.indexOf('\n')).toBe(line.length - 1)
        expect(JSON.parse(line)).toEqual({ timestamp, role: 'user', content })
      }),
    )
  })
})

describe('isTranscribed', () => {
  it('keeps what is said and done, not how it is streamed', () => {
    expect(isTranscribed({ type: 'message', role: 'user', content: '' })).toBe(true)
    expect(isTranscribed({ type: 'tool_start', toolCallId: 't', tool: 'Read' })).toBe(true)
    expect(isTranscribed({ type: 'tool_end', toolCallId: 't', tool: 'Read', success: true })).toBe(true)
    expect(isTranscribed({ type: 'token_chunk', text: '' })).toBe(false)
    expect(isTranscribed({ type: 'usage', usage: {} })).toBe(false)
  })
})
