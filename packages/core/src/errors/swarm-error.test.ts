import { describe, expect, it } from 'vitest'
import { toPlainError } from './plain-error.ts'
import { EngineError, SwarmError } from './swarm-error.ts'

describe('an error of an engine', () => {
  it('B1: says whether and when to try again, and says it in events too', () => {
    const error = new EngineError('The model is busy', { code: 'busy', retryable: true, retryAfterMs: 250 })
    expect(toPlainError(error)).toEqual({
      name: 'EngineError',
      code: 'busy',
      message: 'The model is busy',
      retryable: true,
      retryAfterMs: 250,
    })
  })

  it('is not retryable unless it says so, and asks for no delay', () => {
    const plain = toPlainError(new EngineError('No such model', { code: 'unknown_model' }))
    expect(plain).toMatchObject({ code: 'unknown_model', retryable: false })
    expect(plain).not.toHaveProperty('retryAfterMs')
  })

  it('is told from other errors without instanceof', () => {
    expect(SwarmError.is(new EngineError('x', { code: 'y' }))).toBe(true)
    expect([new Error('x'), undefined, null, { code: 'y' }].map(SwarmError.is)).toEqual([
      false,
      false,
      false,
      false,
    ])
  })
})
