import { says } from '@batonjs/vendor-server'
import { expect } from 'vitest'
import type { Case } from './case.ts'

const LENGTH = 3 * 1024 * 1024

/** An answer that stands in one line of three million characters. */
export const longLine: Case = {
  key: 'long-line',
  title: 'an answer of 3 MB in one line arrives whole',
  async run({ server, run }) {
    const text = 'abcdefghijklmno '.repeat(LENGTH / 16).trimEnd()
    server.script(says(text, { chunkSize: LENGTH / 4, usage: { input: 10, output: 10 } }))
    const { result } = await run({ steps: [{ id: 'say', prompt: 'Say it all.' }] })
    const { status, output } = await result
    expect(status).toBe('succeeded')
    // Compared by hand: a difference of 3 MB is not for printing.
    expect(output === text).toBe(true)
  },
}
