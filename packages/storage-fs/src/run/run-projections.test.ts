import type { OpenRequest, RunSummary } from '@batonjs/core'
import { describe, expect, it } from 'vitest'
import { parseMeta, toMetaText } from './run-projections.ts'

const stamp = { size: 7, modifiedMs: 8 }
const asked = { step: 'main#1/ask', askedAt: '2026-01-02T03:04:05.000Z', contentHash: 'h' }
const openRequests: readonly OpenRequest[] = [
  {
    ...asked,
    requestId: 'req-1',
    kind: 'approval',
    prompt: 'Ship?',
    answerSchema: { type: 'object' },
    deadlineAt: 9,
    deadlineAnswer: { approved: false },
    answerers: ['ada'],
  },
  {
    ...asked,
    requestId: 'req-2',
    kind: 'clarification',
    prompt: '',
    questions: [{ id: 'area', text: 'Which?', options: ['src', 'docs'] }],
    answerSchema: { required: ['area'] },
  },
  {
    ...asked,
    requestId: 'req-3',
    kind: 'action',
    prompt: 'push',
    action: { name: 'push', input: { force: true } },
    answerSchema: {},
  },
  { ...asked, requestId: 'req-4', kind: 'callback', prompt: 'ci', correlation: 'build-1', answerSchema: {} },
]
const summary: RunSummary = {
  runId: 'run-1',
  status: 'waiting',
  flows: ['main'],
  initiator: 'ada',
  createdAt: '2026-01-02T03:04:05.000Z',
  updatedAt: '2026-01-02T03:04:06.000Z',
  lastSeq: 12,
  openRequests,
}

describe('the summary of a run on disk', () => {
  it('J4: tells of open requests what somebody needs to answer them, with the names of the sources', () => {
    const text = toMetaText(summary, stamp)
    expect(parseMeta(text, stamp)).toEqual(summary)
    expect(Object.keys(JSON.parse(text).open_requests[0])).toContain('answer_schema')
  })

  it('J4: is not believed when a request in it is not whole', () => {
    const broken = (change: object) => {
      const meta = JSON.parse(toMetaText(summary, stamp))
      return JSON.stringify({ ...meta, open_requests: [{ ...meta.open_requests[0], ...change }] })
    }
    expect(parseMeta(broken({}), stamp)?.openRequests).toEqual(openRequests.slice(0, 1))
    for (const change of [{ answer_schema: null }, { kind: 'order' }, { asked_at: 5 }, { prompt: undefined }])
      expect(parseMeta(broken(change), stamp)).toBeUndefined()
  })
})
