import { createFsStorage } from '@batonjs/storage-fs'
import { describe, expect, it } from 'vitest'
import { RUN_ID } from './job.fixture.ts'
import { useJobRoom } from './job-processes.fixture.ts'

const room = useJobRoom('transcript-process')

describe('the transcript of a process that is killed (fault 1)', () => {
  it('J4: is followed by another process while the step runs, and stays when its writer is killed', async () => {
    const owner = room.start('run')
    const storage = createFsStorage({ folder: room.folder })
    const said = async () => {
      const text = (await storage.artifacts(RUN_ID).get('main/llm/talk-agent-talker.jsonl')) ?? ''
      const lines = text.split('\n').slice(0, -1)
      return lines.slice(2).map((line) => JSON.parse(line))
    }
    await owner.hears(({ what }) => what === 'started')
    const expected = [
      { role: 'assistant', content: 'I look around.' },
      { role: 'assistant', content: 'I see a door', partial: true },
    ]
    await expect.poll(said, { timeout: 20_000 }).toMatchObject(expected)
    owner.child.kill('SIGKILL')
    expect(await owner.ended).toBe('SIGKILL')
    expect(await said()).toMatchObject(expected)
    await storage.dispose?.()
  })
})
