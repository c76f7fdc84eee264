/** Storages deliver an input at least once: what the run makes of it is recorded once. */
import { allOf, createHandClock } from '@batonjs/testkit'
import { describe, expect, it } from 'vitest'
import type { RunInput, RunStorage } from '../storage/storage.ts'
import { createMemoryStorage } from './memory/memory-storage.ts'
import { approve, gate } from './people.fixture.ts'
import { createProcess, journalOf } from './process.fixture.ts'

/** A storage that delivers whatever it was ever given, to each owner anew, acknowledged or not. */
function createForgetfulStorage(): RunStorage {
  const storage = createMemoryStorage()
  const given: RunInput[] = []
  return {
    ...storage,
    async submit(runId, input) {
      given.push(input)
      await storage.submit(runId, input)
    },
    async openRun(runId, options) {
      const writer = await storage.openRun(runId, options)
      return {
        ...writer,
        get lastSeq() {
          return writer.lastSeq
        },
        backlog: async () => [...given],
      }
    },
  }
}

const steps = [...gate(), { id: 'hold', kind: 'approval', prompt: 'Hold', needs: [] }] as const

/** A run with an answer that waits for its next owner. */
async function answered(storage: RunStorage) {
  const clock = createHandClock()
  const process = () => createProcess(steps, { storage, clock })
  const { runId, openRequests } = await process().orchestrator.execute()
  const asked = openRequests.find(({ prompt }) => prompt === 'Ship?')
  await process()
    .orchestrator.open(runId)
    .respond(asked?.requestId ?? '', approve)
  const decided = async () => {
    const journal = await journalOf(storage, runId)
    return [allOf(journal, 'approval_resolved').length, allOf(journal, 'answer_rejected').length]
  }
  return { runId, process, decided }
}

describe('an input that waited in the inbox', () => {
  it('J2: counts once, though the owner finds it both waiting and coming in', async () => {
    const { runId, process, decided } = await answered(createMemoryStorage())
    await process().orchestrator.resume(runId)
    expect(await decided()).toEqual([1, 0])
  })

  it('J2: is acknowledged with the event that repeats it', async () => {
    const storage = createMemoryStorage()
    const { runId, process } = await answered(storage)
    await process().orchestrator.resume(runId)
    const writer = await storage.openRun(runId)
    expect(await writer.backlog()).toEqual([])
    await writer.close()
  })

  it('J2: counts no second time when the storage delivers it to the next owner again', async () => {
    const { runId, process, decided } = await answered(createForgetfulStorage())
    await process().orchestrator.resume(runId)
    await process().orchestrator.resume(runId)
    expect(await decided()).toEqual([1, 0])
  })
})

describe('an append', () => {
  it.each(['os', 'disk'] as const)('J3: is flushed as the host has said: %s', async (sync) => {
    const storage = createMemoryStorage()
    const asked = new Set<unknown>()
    const spy: RunStorage = {
      ...storage,
      async createRun(events, options) {
        asked.add(options?.sync)
        const writer = await storage.createRun(events, options)
        return {
          ...writer,
          append(batch, how) {
            asked.add(how?.sync)
            return writer.append(batch, how)
          },
        }
      },
    }
    await createProcess([{ id: 'a', prompt: 'a' }], { storage: spy, sync }).orchestrator.execute()
    expect([...asked]).toEqual([sync])
  })
})
