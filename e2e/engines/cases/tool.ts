import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { allOf } from '@batonjs/testkit'
import { says } from '@batonjs/vendor-server'
import { expect } from 'vitest'
import type { Case } from './case.ts'

/** A tool that works on real files. */
export const tool: Case = {
  key: 'tool',
  title: 'a tool really writes its file in the workspace',
  async run({ server, run, target, place }) {
    const path = join(place.work, 'note.txt')
    const use = target.writes(path, 'from the tool')
    server.script([
      says('I write it.', { tools: [use] }),
      ({ results }) => says(`${results.length} tool used`),
    ])
    const job = { steps: [{ id: 'write', prompt: 'Write the note.' }], permissions: { allow: ['*'] } }
    const { events, result } = await run(job)
    expect((await result).status).toBe('succeeded')
    expect(await readFile(path, 'utf8')).toMatch(/^from the tool\n?$/)
    const [start, ...more] = allOf(events, 'tool_start')
    expect(more).toEqual([])
    expect(JSON.stringify(start?.input)).toContain('note.txt')
    const ends = allOf(events, 'tool_end')
    expect(ends).toMatchObject([{ toolCallId: start?.toolCallId, tool: start?.tool, success: true }])
  },
}
