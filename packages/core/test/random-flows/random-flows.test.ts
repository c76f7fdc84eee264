import { type CrashMode, checkJournal, crashStorage } from '@batonjs/testkit'
import { describe, expect, it } from 'vitest'
import type { DurableEvent } from '../../src/events/swarm-event.ts'
import type { Flow } from '../../src/flow/flow.ts'
import { createOrchestrator } from '../../src/orchestrator/create-orchestrator.ts'
import { createMemoryStorage } from '../../src/orchestrator/memory/memory-storage.ts'
import { foldRun } from '../../src/run/fold.ts'
import type { FrameState, RunState } from '../../src/run/state.ts'
import type { RunStorage } from '../../src/storage/storage.ts'
import { createDice } from './dice.ts'
import { drawFlows, isOrderFree } from './draw-flows.ts'
import { createPeople, createPlayer, type Order } from './play.ts'

/** More, or others: `BATON_SEEDS=20000 BATON_FIRST_SEED=5000 npx vitest run random-flows`. */
const SEEDS = Number(process.env.BATON_SEEDS ?? 2_000)
const FIRST = Number(process.env.BATON_FIRST_SEED ?? 1)
const BATCH = 250
const RUN = 'run-random'
const MODES: readonly [CrashMode, ...CrashMode[]] = ['kill_before', 'kill_after']

/** What became of every step, by the way to it: visits are numbered in the order of their beginning. */
function outcomeOf(state: RunState): unknown {
  const lines = [...state.frames.values()].flatMap((frame) =>
    frame.steps.map(({ place, status, iteration, result }) => {
      const given = result === undefined ? null : (result.output.data ?? result.output.output.text)
      return `${wayTo(state, frame)}/${place.id} ${status}#${iteration} ${JSON.stringify(given)}`
    }),
  )
  return { final: state.final, steps: lines.sort() }
}

function wayTo(state: RunState, { flowKey, parent }: FrameState): string {
  const above = parent === undefined ? undefined : state.frames.get(parent.frame)
  return above === undefined ? flowKey : `${wayTo(state, above)}/${parent?.stepId}>${flowKey}`
}

async function readJournal(storage: RunStorage): Promise<readonly DurableEvent[]> {
  const events: DurableEvent[] = []
  for await (const event of storage.readEvents(RUN)) events.push(event)
  return events
}

interface Play {
  readonly seed: number
  readonly flows: readonly Flow[]
  readonly storage: RunStorage
}

function runOn({ seed, flows, storage }: Play, isResume = false): Promise<unknown> {
  const orchestrator = createOrchestrator({ flows, storage, random: () => 0.5 })
  const onRequest = createPeople(seed)
  return isResume
    ? orchestrator.resume(RUN, { onRequest })
    : orchestrator.execute({ flow: 'root', runId: RUN, onRequest })
}

async function play(parts: Play): Promise<readonly DurableEvent[]> {
  await runOn(parts)
  return readJournal(parts.storage)
}

/** Kills the run at a random write, and whoever resumes it at another, then lets it finish. */
async function playKilled({ seed, flows, storage }: Play): Promise<readonly DurableEvent[]> {
  const dice = createDice(seed * 31)
  for (let kills = 0; kills < 2; kills += 1) {
    const crash = crashStorage(storage, { at: 2 + dice.below(12), mode: dice.pick(MODES) })
    const running = runOn({ seed, flows, storage: crash }, kills > 0)
    const end = await Promise.race([
      running.then(
        () => 'ended',
        () => 'ended',
      ),
      crash.died.then(() => 'died'),
    ])
    if (end === 'ended') return readJournal(storage)
  }
  if ((await readJournal(storage)).at(-1)?.type !== 'run_completed')
    await runOn({ seed, flows, storage }, true)
  return readJournal(storage)
}

describe('random flows', () => {
  for (let first = FIRST; first < FIRST + SEEDS; first += BATCH) {
    const last = first + BATCH - 1
    it(`fault 47: end the same in any order and however often killed: seeds ${first} to ${last}`, async () => {
      let drawn = 0
      for (let seed = first; seed <= last; seed += 1) if (await trySeed(seed)) drawn += 1
      // A linter that refused everything would make this test empty.
      expect(drawn).toBeGreaterThan(BATCH / 2)
    }, 60_000)
  }
})

/** False when no flow could be drawn. */
async function trySeed(seed: number): Promise<boolean> {
  const order: Order = { dice: createDice(seed) }
  const flows = drawFlows(seed, createPlayer(seed, order))
  if (flows === undefined) return false
  const plain = await play({ seed, flows, storage: createMemoryStorage() })
  expect(checkJournal(plain), `seed ${seed}`).toEqual([])
  expect(foldRun(plain).final, `seed ${seed}`).toBeDefined()

  order.dice = createDice(seed + 1_000_000)
  const killed = await playKilled({ seed, flows, storage: createMemoryStorage() })
  expect(checkJournal(killed), `seed ${seed}, killed`).toEqual([])
  if (!isOrderFree(flows)) return true

  const expected = outcomeOf(foldRun(plain))
  expect(outcomeOf(foldRun(killed)), `seed ${seed}, killed`).toEqual(expected)
  order.dice = createDice(seed + 2_000_000)
  const reordered = await play({ seed, flows, storage: createMemoryStorage() })
  expect(outcomeOf(foldRun(reordered)), `seed ${seed}, in another order`).toEqual(expected)
  return true
}
