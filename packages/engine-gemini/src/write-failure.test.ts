import { expect, it } from 'vitest'
import { toWriteFailure } from './write-failure.ts'

it.each([
  ['EMFILE', true],
  ['ENFILE', true],
  ['ENOMEM', true],
  ['EAGAIN', true],
  ['EACCES', false],
  ['ENOSPC', false],
])('fault row 44: %s while a file is written may be tried again: %s', (code, retryable) => {
  const cause = Object.assign(new Error(code), { code })
  const expected = { code: 'engine_unavailable', message: 'It cannot be written', retryable, cause }
  expect(toWriteFailure('It cannot be written', cause)).toMatchObject(expected)
})
