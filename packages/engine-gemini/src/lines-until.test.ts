import { expect, it } from 'vitest'
import { linesUntil } from './lines-until.ts'

async function* endless() {
  yield 'one'
  await new Promise(() => {})
}

it('ends with the abort also when the program can be ended by nobody', async () => {
  const controller = new AbortController()
  const lines = linesUntil(controller.signal, endless())
  expect(await lines.next()).toEqual({ done: false, value: 'one' })
  const next = lines.next()
  controller.abort(new Error('stop'))
  await expect(next).rejects.toThrow('stop')
})

it('has no line after the abort', async () => {
  const lines = linesUntil(AbortSignal.abort(new Error('stop')), endless())
  await expect(lines.next()).rejects.toThrow('stop')
})
