import { readdirSync, readFileSync, renameSync, statSync, writeFileSync } from 'node:fs'
import { setTimeout } from 'node:timers/promises'
import type { DurableEvent } from '@batonjs/core'
import { describe, expect, it } from 'vitest'
import { begin, note, RUN_ID } from '../fixtures/events.fixture.ts'
import { failureOf, readAll, useSandbox } from '../fixtures/sandbox.fixture.ts'
import { noStrace, orSkipped, useWorkers, type Worker } from '../fixtures/worker-process.fixture.ts'

const sandbox = useSandbox()
const startWorker = useWorkers()

/** How an owner's busy appending ended. */
interface Ending {
  readonly counted: number
  readonly code: string
  readonly owned: boolean
}

/** Takes the run from an owner that stands still, appends, and lets the owner go on. Tells how it ended. */
async function takeFrom(owner: Worker, appending: Promise<unknown>): Promise<Ending> {
  const taker = sandbox.another('elsewhere')
  const writer = await taker.openRun(RUN_ID, { takeover: true })
  await writer.append([note(writer.lastSeq + 1, 'taker')])
  owner.process.kill('SIGCONT')
  // The worker tells its ending in this form.
  const ending = (await appending) as Ending
  await writer.append([note(writer.lastSeq + 1, 'taker')])
  await writer.close()
  return ending
}

/** Fails unless each event is there once and all that counted for the owner is among them. */
async function expectOneHistory({ counted, code, owned }: Ending): Promise<void> {
  expect([code, owned]).toEqual(['run_lock_lost', false])
  const events = await readAll(sandbox.another())
  expect(events.map(({ seq }) => seq)).toEqual(events.map((_, index) => index + 1))
  const authors = events.map((event) => (event.type === 'diagnostic' && event.data === 'taker' ? 'T' : 'o'))
  expect(authors.join('')).toMatch(/^o+TT$/)
  expect(authors.indexOf('T')).toBeGreaterThanOrEqual(counted)
}

describe('an owner that was stopped while it appended', () => {
  it('S7: finds itself overtaken when it goes on, and nothing of what counted is lost or doubled', async () => {
    for (let round = 0; round < 8; round++) {
      const owner = await startWorker({ root: sandbox.root })
      await owner.get({ do: 'create' })
      const appending = owner.get({ do: 'append until it fails' })
      await grown(sandbox.journal().length + round * 3_000)
      owner.process.kill('SIGSTOP')
      await expectOneHistory(await takeFrom(owner, appending))
      await owner.kill()
      await sandbox.another().remove(RUN_ID)
    }
  })

  /** Waits until the journal is larger. */
  async function grown(size: number): Promise<void> {
    while (sandbox.journal().length <= size) await setTimeout(1)
  }
})

/** Starts an owner that is held up at a system call on its journal or lock. */
async function startHeld(fault: string): Promise<Worker> {
  const paths = ['events.jsonl', 'lock.1'].flatMap((file) => ['-P', sandbox.at(file)])
  const before = [
    'strace',
    '-f',
    '-o',
    trace(),
    ...paths,
    '-e',
    'trace=write,access',
    '-e',
    `inject=${fault}`,
  ]
  const owner = await startWorker({ root: sandbox.root, before })
  await owner.get({ do: 'create' })
  return owner
}

function trace(): string {
  return `${sandbox.root}/trace`
}

/** Waits until a system call was done so often. */
async function done(call: string, times: number): Promise<void> {
  const pattern = new RegExp(`${call}\\(.*= \\d`, 'g')
  while ((readFileSync(trace(), 'utf8').match(pattern) ?? []).length < times) await setTimeout(5)
}

describe.skipIf(noStrace)(orSkipped('an owner that is held up between two system calls', noStrace), () => {
  it('S7: has written but not looked at its lock: the event is kept once and does not count for it', async () => {
    const owner = await startHeld('access:delay_enter=1500000:when=3')
    const appending = owner.get({ do: 'append until it fails' })
    await done('write', 3)
    const ending = await takeFrom(owner, appending)
    expect(ending.counted).toBe(4)
    await expectOneHistory(ending)
    expect((await readAll(sandbox.another())).length).toBe(7)
  })

  it('S7: has looked at its lock and writes later: what it writes goes where nobody reads', async () => {
    const owner = await startHeld('write:delay_enter=1500000:when=4')
    const following = follow(7)
    const appending = owner.get({ do: 'append until it fails' })
    await done('access', 3)
    const ending = await takeFrom(owner, appending)
    expect(ending.counted).toBe(5)
    await expectOneHistory(ending)
    const events = await readAll(sandbox.another())
    expect(events.length).toBe(7)
    expect(await following).toEqual(events)
  })

  it('S7: writes while the journal is exchanged: what a reader saw of it is kept', async () => {
    const owner = await sandbox.another('elsewhere').createRun(begin())
    const trace = ['strace', '-f', '-o', `${sandbox.root}/trace`, '-e', 'trace=rename']
    const before = [...trace, '-e', 'inject=rename:delay_enter=1500000:when=2']
    const taker = await startWorker({ root: sandbox.root, before })
    const taking = taker.get({ do: 'takeover' })
    await copied()
    expect((await failureOf(owner.append([note(3, 'late')]))).code).toBe('run_lock_lost')
    const seen = await readAll(sandbox.another())
    expect(seen.at(-1)).toEqual(note(3, 'late'))
    expect(await taking).toMatchObject({ lastSeq: 3 })
    expect(await readAll(sandbox.another())).toEqual(seen)
  })

  /** Follows the run up to an event, from before it is taken over. */
  async function follow(last: number): Promise<readonly DurableEvent[]> {
    const events: DurableEvent[] = []
    for await (const event of sandbox.another().readEvents(RUN_ID, { follow: true })) {
      events.push(event)
      if (event.seq === last) break
    }
    return events
  }

  /** Waits until the copy of the journal is whole. */
  async function copied(): Promise<void> {
    const isWhole = (name: string) =>
      name.startsWith('.journal-') && statSync(sandbox.at(name)).size === sandbox.journal().length
    while (!readdirSync(sandbox.at()).some(isWhole)) await setTimeout(5)
  }
})

describe('a takeover', () => {
  it('S7: leaves the journal whole, its old inode unused, and no file of its own', async () => {
    const owner = await sandbox.begin(note(3))
    const taken = await sandbox.another('elsewhere').openRun(RUN_ID, { takeover: true })
    expect((await failureOf(owner.append([note(4, 'old')]))).code).toBe('run_lock_lost')
    await taken.append([note(4, 'new')])
    const events = await readAll(sandbox.another())
    expect(events.at(-1)).toEqual(note(4, 'new'))
    expect(readdirSync(sandbox.at()).sort()).toEqual(['events.jsonl', 'lock.2', 'spec.json'])
  })

  it('S7: of which the taker died half way is done again before anybody writes', async () => {
    const owner = await sandbox.begin(note(3))
    const { ino } = statSync(sandbox.at('events.jsonl'))
    renameSync(sandbox.at('lock.1'), sandbox.at('lock.1.taken'))
    writeFileSync(sandbox.at('lock.2'), '')
    writeFileSync(sandbox.at('.journal-left'), 'half a copy')
    const next = await sandbox.another().openRun(RUN_ID)
    expect(statSync(sandbox.at('events.jsonl')).ino).not.toBe(ino)
    expect((await failureOf(owner.append([note(4, 'old')]))).code).toBe('run_lock_lost')
    await next.append([note(4, 'new')])
    expect((await readAll(sandbox.another())).at(-1)).toEqual(note(4, 'new'))
    expect(readdirSync(sandbox.at()).filter((name) => /taken|journal-/.test(name))).toEqual([])
  })

  it('S7: lets a reader that was there before go over to the new journal without a gap', async () => {
    await sandbox.begin(note(3))
    const reader = sandbox.another('third')
    const controller = new AbortController()
    const seen: unknown[] = []
    const reading = (async () => {
      for await (const event of reader.readEvents(RUN_ID, { follow: true, signal: controller.signal })) {
        seen.push(event.type === 'diagnostic' ? event.data : event.type)
        if (event.seq === 3) await takeAndAppend()
        if (event.seq === 5) controller.abort()
      }
    })()
    await reading
    expect(seen).toEqual(['run_created', 'run_started', null, 'four', 'five'])
  })

  async function takeAndAppend(): Promise<void> {
    const writer = await sandbox.another('elsewhere').openRun(RUN_ID, { takeover: true })
    await writer.append([note(4, 'four')])
    await writer.append([note(5, 'five')])
  }
})
