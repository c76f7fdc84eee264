import { describe, expect, it } from 'vitest'
import { toPlainError } from './plain-error.ts'
import { EngineError } from './swarm-error.ts'

const because = (message: string, cause: unknown): Error => new Error(message, { cause })
const withCode = (message: string, code: string): Error => Object.assign(new Error(message), { code })
const messageOf = (thrown: unknown): string => toPlainError(thrown).message

describe('the message of a plain error', () => {
  it('E4: goes on with what is behind the error: a failed fetch tells the connection that was refused', () => {
    const refused = withCode('connect ECONNREFUSED 127.0.0.1:1', 'ECONNREFUSED')
    expect(messageOf(because('fetch failed', refused))).toBe(
      'fetch failed: connect ECONNREFUSED 127.0.0.1:1 (ECONNREFUSED)',
    )
    const everyAddress = Object.assign(new AggregateError([refused], ''), { code: 'ECONNREFUSED' })
    expect(messageOf(because('fetch failed', everyAddress))).toBe(
      'fetch failed: ECONNREFUSED: connect ECONNREFUSED 127.0.0.1:1 (ECONNREFUSED)',
    )
  })

  it('does not say twice what the error repeats of its cause', () => {
    const full = withCode('no space left', 'ENOSPC')
    expect(messageOf(because('The file cannot be written: no space left', full))).toBe(
      'The file cannot be written: no space left',
    )
  })

  it('goes three causes deep, keeps a bound, and survives a circle', () => {
    expect(messageOf(because('1', because('2', because('3', because('4', new Error('5'))))))).toBe(
      '1: 2: 3: 4',
    )
    expect(messageOf(because('1', 'x'.repeat(9_000)))).toHaveLength(503)
    const circle = new Error('round')
    circle.cause = circle
    expect(messageOf(circle)).toBe('round')
  })

  it('tells of a cause its message and its code and nothing else', () => {
    const cause = { status: 401, headers: { authorization: 'secret' }, stack: 'at secret' }
    expect(messageOf(because('refused', cause))).toBe('refused')
    const unreadable = Object.defineProperty({}, 'message', {
      get() {
        throw new Error('unreadable')
      },
    })
    expect(messageOf(because('refused', unreadable))).toBe('refused')
  })
})

it('an engine error without a code has that of its class, and keeps its message', () => {
  expect(toPlainError(new EngineError('No such model'))).toMatchObject({
    code: 'engine_error',
    message: 'No such model',
  })
})
