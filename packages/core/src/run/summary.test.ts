import { describe, expect, it } from 'vitest'
import { main, step } from './hand-call.fixture.ts'
import { begin } from './hand-run.fixture.ts'
import { createRunSummarizer, summarizeRun } from './summary.ts'

describe('a summary that grows', () => {
  it('S3: tells after each event what the journal up to it tells', async () => {
    const gate = { id: 'gate', kind: 'approval', prompt: 'Ship?', needs: [] } as const
    const { events } = await begin(main(step('a'), gate))
    const summarizer = createRunSummarizer()
    expect(summarizer.summarize()).toBeUndefined()
    for (const [index, event] of events.entries()) {
      summarizer.add(event)
      expect(summarizer.summarize()).toEqual(summarizeRun(events.slice(0, index + 1)))
    }
    expect(summarizer.summarize()?.openRequests).toHaveLength(1)
  })

  it('begins with the creation of the run', async () => {
    const { events } = await begin(main(step('a')))
    for (const event of events.slice(1, 2)) {
      expect(() => createRunSummarizer().add(event)).toThrow(
        expect.objectContaining({ code: 'journal_corrupt' }),
      )
    }
  })
})
