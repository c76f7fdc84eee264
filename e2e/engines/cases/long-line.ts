import { says } from '@batonjs/vendor-server'
import { expect } from 'vitest'
import type { Case } from './case.ts'

const LENGTH = 3 * 1024 * 1024

/** No part of it comes twice: an agent that looks for loops finds none. */
const TEXT = Array.from({ length: LENGTH / 8 }, (_, index) => `${1_000_000 + index} `)
  .join('')
  .trimEnd()

/** An answer that stands in one line of three million characters. */
export const longLine: Case = {
  key: 'long-line',
  title: 'an answer of 3 MB in one line arrives whole',
  async run({ server, run }) {
    server.script(says(TEXT, { chunkSize: LENGTH / 4, usage: { input: 10, output: 10 } }))
    const { result } = await run({ steps: [{ id: 'say', prompt: 'Say it all.' }] })
    const { status, output, error } = await result
    expect({ status, error }).toEqual({ status: 'succeeded' })
    // Compared by hand: a difference of 3 MB is not for printing.
    expect(output === TEXT).toBe(true)
  },
}
