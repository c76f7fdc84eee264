import { allOf, firstOf } from '@batonjs/testkit'
import { says } from '@batonjs/vendor-server'
import { expect } from 'vitest'
import type { Case } from './case.ts'

const TEXT = 'The baton is in good hands, and so is the race.'

/** A plain answer. */
export const text: Case = {
  key: 'text',
  title: 'text comes in chunks, with usage, cost or none, and a session',
  async run({ server, run, target }) {
    let goOn = (): void => {}
    const until = new Promise<void>((resolve) => {
      goOn = resolve
    })
    const usage = { input: 1_200, output: 34 }
    // The rest is said only after Baton has told the first chunk: nothing waits for the whole of it.
    server.script(says(TEXT, { chunkSize: 12, held: { after: 1, until }, usage }))
    const { events, when, result } = await run({ steps: [{ id: 'say', prompt: 'Say something kind.' }] })
    await when(({ type }) => type === 'token_chunk')
    goOn()
    expect(await result).toMatchObject({ status: 'succeeded', output: TEXT })
    const chunks = allOf(events, 'token_chunk').map((chunk) => chunk.text)
    expect(chunks.join('')).toBe(TEXT)
    expect(chunks.length).toBeGreaterThan(1)
    const { costUsd, unpriced, ...end } = firstOf(events, 'step_end')
    expect(end.usage).toMatchObject({ inputTokens: 1_200, outputTokens: 34 })
    expect({ isPriced: (costUsd ?? 0) > 0, unpriced: unpriced === true }).toEqual({
      isPriced: target.isPriced,
      unpriced: !target.isPriced,
    })
    expect(allOf(events, 'step_session').length > 0).toBe(target.hasSessionAtOnce)
  },
}
