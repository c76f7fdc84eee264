import { mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { createOrchestrator, type DurableEvent, parseEvent, summarizeRun } from '@batonjs/core'
import { describe, expect, it } from 'vitest'
import { useSandbox } from '../fixtures/sandbox.fixture.ts'

/**
 * Journals that real runs wrote in format 1, with every event that a run writes by itself, and what was read of them
 * then. They are never changed: what changes the format gets a folder of its own and leaves these as they are.
 */
const folder = new URL('../fixtures/format-1/', import.meta.url)
const textOf = (name: string): string => readFileSync(new URL(name, folder), 'utf8')
const expected: Readonly<Record<string, Expected>> = JSON.parse(textOf('expected.json'))

interface Expected {
  readonly summary: { readonly runId: string }
  /** Its outputs, census, usage and error. */
  readonly result: object
}

const sandbox = useSandbox()

/** Puts a frozen journal where a storage finds it. */
function lay(name: string, runId: string): void {
  mkdirSync(join(sandbox.root, runId))
  writeFileSync(join(sandbox.root, runId, 'events.jsonl'), textOf(`${name}.jsonl`))
}

async function read(runId: string): Promise<readonly DurableEvent[]> {
  const events: DurableEvent[] = []
  for await (const event of sandbox.storage.readEvents(runId)) events.push(event)
  return events
}

describe.each(Object.entries(expected))('the frozen journal "%s"', (name, { summary, result }) => {
  const { runId } = summary

  it('J3: is read as it was written, without its checksums', async () => {
    lay(name, runId)
    const lines = textOf(`${name}.jsonl`).trimEnd().split('\n')
    const written = lines.map((line) => {
      const { crc, ...event } = JSON.parse(line)
      expect(crc).toMatch(/^[0-9a-f]{8}$/)
      return event
    })
    const events = await read(runId)
    expect(events).toEqual(written)
    for (const event of events) expect(parseEvent(event)).toEqual(event)
  })

  it('J4: has the summary that it had', async () => {
    lay(name, runId)
    expect(summarizeRun(await read(runId))).toMatchObject(summary)
  })

  it('S5: is folded to what it was folded to', async () => {
    lay(name, runId)
    const orchestrator = createOrchestrator({ flows: [], storage: sandbox.storage })
    expect(await orchestrator.open(runId).result).toMatchObject(result)
  })
})
