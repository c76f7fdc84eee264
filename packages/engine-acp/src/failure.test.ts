import { describe, expect, it } from 'vitest'
import { type AgentError, failureOfAgent } from './failure.ts'

const internal = -32_603

describe('why an agent failed', () => {
  it.each<[string, AgentError, string]>([
    ['a status as the code (gemini)', { code: 401, message: 'Denied' }, 'auth'],
    ['429 as the code', { code: 429, message: 'Rate limit exceeded. Try again later.' }, 'rate_limit'],
    [
      '429 that lasts for a day',
      { code: 429, message: 'You have exhausted your daily quota on this model.' },
      'quota',
    ],
    ['503 as the code', { code: 503, message: 'fake 503' }, 'overloaded'],
    ['400 as the code', { code: 400, message: 'Invalid argument' }, 'invalid_request'],
    [
      '400 that means the key',
      { code: 400, message: 'API key not valid. Please pass a valid API key.' },
      'auth',
    ],
    [
      '400 that means the size',
      { code: 400, message: 'prompt is too long: 210000 tokens' },
      'context_overflow',
    ],
    ['that it needs a login', { code: -32_000, message: 'Authentication required' }, 'auth'],
    [
      'its kind (claude)',
      { code: internal, message: 'Internal error', data: { errorKind: 'authentication_failed' } },
      'auth',
    ],
    [
      'rate_limit (claude)',
      { code: internal, message: 'no', data: { errorKind: 'rate_limit' } },
      'rate_limit',
    ],
    [
      'unknown (claude)',
      { code: internal, message: 'API Error: 529', data: { errorKind: 'unknown' } },
      'overloaded',
    ],
    [
      'a word (codex)',
      { code: internal, message: 'no', data: { codex_error_info: 'usage_limit_exceeded' } },
      'quota',
    ],
    [
      'a word in camel case',
      { code: internal, message: 'no', data: { codex_error_info: 'contextWindowExceeded' } },
      'context_overflow',
    ],
    [
      'a word with more (codex)',
      {
        code: internal,
        message: 'no',
        data: { codex_error_info: { response_stream_disconnected: { http_status_code: null } } },
      },
      'network',
    ],
    [
      'a name (opencode)',
      { code: internal, message: 'no', data: { errorName: 'ProviderAuthError' } },
      'auth',
    ],
    [
      'a status beside a name (opencode)',
      { code: internal, message: 'no', data: { errorName: 'APIError', statusCode: 529 } },
      'overloaded',
    ],
    ['a refused connection', { code: internal, message: 'connect ECONNREFUSED 127.0.0.1:9' }, 'network'],
    ['a stream that was cut (gemini)', { message: 'terminated' }, 'network'],
    ['that it took too long', { code: internal, message: 'Request timed out' }, 'timeout'],
    ['a method that it does not know', { code: -32_601, message: 'Method not found' }, 'invalid_request'],
    ['nothing that is known', { code: internal, message: 'Internal error' }, 'bad_output'],
    ['data of another shape', { code: internal, message: 'Internal error', data: ['x'] }, 'bad_output'],
  ])('tells %s', (_, error, code) => {
    expect(failureOfAgent(error)).toMatchObject({ code })
  })

  it('engines.md §3: takes the words out of the JSON in a message', () => {
    const message = '{"error":{"code":401,"message":"fake 401","status":"UNAUTHENTICATED","details":[]}}'
    expect(failureOfAgent({ code: 401, message }).message).toBe('fake 401')
    expect(failureOfAgent({ code: 401, message: 'half {"error": of it}' }).message).toBe(
      'half {"error": of it}',
    )
  })

  it('adds the details that stand beside the message, once', () => {
    const data = { details: 'Invalid value for config option model: x' }
    expect(failureOfAgent({ code: internal, message: 'Internal error', data })).toMatchObject({
      code: 'invalid_request',
      message: 'Internal error: Invalid value for config option model: x',
    })
    expect(failureOfAgent({ message: `No: ${data.details}`, data }).message).toBe(`No: ${data.details}`)
  })

  it.each([
    ['fake 429\nSuggested retry after 2s.', 2_000],
    ['Please retry in 34.074824224s.', 34_075],
    ['retry after 250ms', 250],
    ['Retry after 5 m', 300_000],
    ['Please wait and try again later.', undefined],
  ])('B1: "%s" asks to wait %s ms', (message, retryAfterMs) => {
    expect(failureOfAgent({ code: 429, message }).retryAfterMs).toBe(retryAfterMs)
  })

  it('B1: says whether it may succeed when it is repeated', () => {
    expect(failureOfAgent({ code: 429, message: '' }).retryable).toBe(true)
    expect(failureOfAgent({ code: 401, message: '' }).retryable).toBe(false)
  })
})
