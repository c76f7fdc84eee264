import type { RunQuery, RunStatus, RunSummary } from '@batonjs/core'
import { expectEqual, expectThat, fail } from '../suite/expect.ts'
import { beginRun, leaveRun, type StorageCase, type StorageKit } from './storage-kit.ts'

const MAX_PAGES = 50

/** How runs are found. */
export const listCases = {
  'list-empty': {
    title: 'lists nothing in an empty storage, and nothing for a run that is not there',
    async run({ storage }) {
      expectEqual((await storage.listRuns()).runs, [], 'the runs of an empty storage')
      expectEqual((await storage.listRuns({ runId: 'run-unknown' })).runs, [], 'the runs of an unknown id')
    },
  },
  'list-newest-first': {
    title: 'lists the newest run first, for every handle',
    async run(kit) {
      const ids = await leaveRuns(kit, 5)
      expectEqual(await idsOf(kit, {}), ids, 'the runs')
      expectEqual(await idsOf({ storage: kit.other }, {}), ids, 'the runs for another handle')
    },
  },
  'list-pages': {
    title: 'pages through all runs, each once, and says when there are no more',
    async run(kit) {
      const ids = await leaveRuns(kit, 7)
      for (const limit of [1, 3, 7, 100]) expectEqual(await pagesOf(kit, limit), ids, `pages of ${limit}`)
    },
  },
  'list-pages-while-removed': {
    title: 'goes on after a page whose last run was removed',
    async run(kit) {
      const ids = await leaveRuns(kit, 5)
      const first = await kit.storage.listRuns({ limit: 2 })
      await kit.storage.remove(ids[1] ?? '')
      const { next } = first
      if (next === undefined) fail('the first of several pages has no next')
      expectEqual(await idsOf(kit, { after: next }), ids.slice(2), 'the runs after the removed one')
    },
  },
  'list-by-id': {
    title: 'finds one run by its id',
    async run(kit) {
      const [, second = ''] = await leaveRuns(kit, 3)
      expectEqual(await idsOf(kit, { runId: second }), [second], 'the run')
    },
  },
  'list-summary': {
    title: 'tells of each run its flows, who started it, when, and how far it came',
    async run(kit) {
      const { journal, writer } = await beginRun(kit)
      await writer.append(journal.notes(3))
      const summary = await summaryOf(kit, journal.runId)
      const expected = { flows: ['sample'], initiator: 'testkit', lastSeq: 5, openRequests: [] }
      const found = Object.fromEntries(Object.keys(expected).map((key) => [key, Reflect.get(summary, key)]))
      expectEqual(found, expected, 'the summary')
      const [first, last] = [journal.events[0], journal.events.at(-1)]
      expectEqual([summary.createdAt, summary.updatedAt], [first?.ts, last?.ts], 'createdAt and updatedAt')
    },
  },
  'list-owner': {
    title: 'S3: tells the living owner of a run; a run that nobody owns is interrupted',
    async run(kit) {
      const { journal, writer } = await beginRun(kit)
      const owned = await summaryOf(kit, journal.runId)
      expectEqual(owned.status, 'running', 'the status of an owned run')
      expectThat(
        owned.owner !== undefined && owned.owner.alive !== false,
        'the summary names no living owner',
      )
      await writer.close()
      const left = await summaryOf(kit, journal.runId)
      expectEqual(left.status, 'interrupted', 'the status of a run that nobody owns')
      expectThat(left.owner?.alive !== true, 'the summary names a living owner of a run that was let go')
    },
  },
  'list-open-requests': {
    title: 'S3: tells what a waiting run waits for',
    async run(kit) {
      const { journal, writer } = await beginRun(kit)
      await writer.append(journal.ask())
      await writer.close()
      const { status, openRequests } = await summaryOf(kit, journal.runId)
      expectEqual(status, 'waiting', 'the status')
      const expected = {
        requestId: 'sample#1/sign#1:1',
        kind: 'approval',
        step: 'sample#1/sign',
        askedAt: journal.events.at(-1)?.ts,
        prompt: 'May it?',
        contentHash: 'h',
        answerSchema: { type: 'object' },
        deadlineAt: Date.UTC(2100, 0, 1),
        deadlineAnswer: { approved: false },
        answerers: ['ada', 'grace'],
      }
      expectEqual(openRequests, [expected], 'the open requests')
    },
  },
  'list-by-status': {
    title: 'S3: finds runs by one status or by several, over pages too',
    async run(kit) {
      for (const [index, end] of (
        ['complete', 'pause', 'complete', 'leave', 'complete'] as const
      ).entries()) {
        const { journal, writer } = await beginRun(kit, numbered(index), 100 - index)
        if (end !== 'leave') await writer.append(journal[end]())
        await writer.close()
      }
      const by = async (status: RunStatus | RunStatus[]) => idsOf(kit, { status })
      expectEqual(await by('succeeded'), [4, 2, 0].map(numbered), 'the runs that succeeded')
      expectEqual(await by(['paused', 'interrupted']), [3, 1].map(numbered), 'the runs that rest')
      expectEqual(await by([]), [], 'the runs of no status')
      expectEqual(await pagesOf(kit, 1, { status: 'succeeded' }), [4, 2, 0].map(numbered), 'pages by status')
    },
  },
} as const satisfies Record<string, StorageCase>

/** A run id whose order is that of the numbers. */
function numbered(index: number): string {
  return `run-20260102-03040${index}-abc123`
}

/** Creates runs, each newer than the one before; gives their ids, the newest first. */
async function leaveRuns(kit: StorageKit, count: number): Promise<string[]> {
  const ids: string[] = []
  for (let index = 0; index < count; index++) {
    ids.unshift((await leaveRun(kit, numbered(index), 100 - index)).runId)
  }
  return ids
}

async function idsOf({ storage }: Pick<StorageKit, 'storage'>, query: RunQuery): Promise<string[]> {
  return (await storage.listRuns(query)).runs.map(({ runId }) => runId)
}

async function pagesOf({ storage }: StorageKit, limit: number, query: RunQuery = {}): Promise<string[]> {
  const ids: string[] = []
  let after: string | undefined
  for (let pages = 0; pages < MAX_PAGES; pages++) {
    const page = await storage.listRuns({ ...query, limit, ...(after === undefined ? {} : { after }) })
    expectThat(page.runs.length <= limit, `a page holds ${page.runs.length} runs instead of ${limit}`)
    ids.push(...page.runs.map(({ runId }) => runId))
    if (page.next === undefined) return ids
    after = page.next
  }
  return fail('the pages have no end')
}

async function summaryOf({ storage }: StorageKit, runId: string): Promise<RunSummary> {
  const { runs } = await storage.listRuns({ runId })
  return runs[0] ?? fail(`the run "${runId}" is not listed`)
}
