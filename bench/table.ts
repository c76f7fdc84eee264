/** The workloads of docs/benchmarks.md: each gives its rows of the page. The peers' figures were measured elsewhere. */
import { join } from 'node:path'
import { agentChain, chain, fan } from './flows.ts'
import { type Comparison, type Contestant, compare, time } from './measure.ts'
import { type Claim, type Row, spread, toFloorRow, toRow } from './report.ts'
import { measureResume } from './resume.ts'
import { measureBundle, measureImport, measureInstall } from './size.ts'
import { batonStream, generatorFloor, measureSlowReader } from './streaming.ts'
import { baton, batonAtOnce, floor, recordAppends, type Setting } from './workloads.ts'

/** How much is measured, and where runs are kept. */
export interface Scale {
  readonly isQuick: boolean
  readonly rounds: number
  readonly folder: string
}

type Sync = NonNullable<Setting['sync']>
type OnDisk = Setting & { readonly folder: string }

const STEPS = 1_000
const LENGTH = 10

const line = ({ folder }: Scale, sync: Sync = 'os'): OnDisk => ({
  flow: chain(STEPS),
  units: STEPS,
  folder,
  sync,
})
const wide = ({ folder }: Scale, sync: Sync = 'os'): OnDisk => ({
  flow: fan(STEPS),
  units: STEPS + 1,
  folder,
  sync,
})
const short = ({ folder }: Scale, sync: Sync = 'os'): OnDisk => ({
  flow: chain(LENGTH),
  units: LENGTH,
  folder,
  sync,
})
const runsOf = ({ isQuick }: Scale): number => (isQuick ? 200 : 1_000)

/** Measures one workload. */
export type Workload = (scale: Scale) => Promise<readonly Row[]>

/** Every workload, in the order of the page. */
export const workloads: Readonly<Record<string, Workload>> = {
  W1a: (scale) =>
    inMemory(
      { workload: 'W1a', what: 'a chain of 1,000 steps in memory', goal: '≤ 12 µs', peer: 'XState 20 µs' },
      baton({ flow: chain(STEPS), units: STEPS }),
      { scale, most: 12 },
    ),
  W1b: (scale) =>
    besideLoop(
      {
        workload: 'W1b',
        what: 'the chain on disk, not flushed',
        goal: '≤ 3 ×',
        most: 3,
        peer: 'Mastra 173 µs',
      },
      line(scale),
      scale,
    ),
  W1c: (scale) =>
    besideLoop(
      { workload: 'W1c', what: 'the chain on disk, flushed at each boundary', goal: '≤ 1.25 ×', most: 1.25 },
      line(scale, 'disk'),
      scale,
    ),
  async W1d(scale) {
    const setting = line(scale)
    const replayed = floor(setting, { appends: await recordAppends(setting) })
    const agents = baton({ ...setting, flow: agentChain(STEPS) })
    const claim = {
      workload: 'W1d',
      what: 'the chain as agent steps with receipts',
      goal: '≤ 25 × W1b’s floor',
    }
    return [toFloorRow({ ...claim, most: 25 }, await compare(agents, replayed, scale.rounds))]
  },
  W2a: (scale) =>
    inMemory(
      {
        workload: 'W2a',
        what: '1,000 branches and a join in memory',
        goal: 'ahead of every peer',
        peer: 'XState 6.9 µs',
      },
      baton({ flow: fan(STEPS), units: STEPS + 1 }),
      { scale, most: 6.9 },
    ),
  W2b: (scale) =>
    besideLoop(
      {
        workload: 'W2b',
        what: 'the branches on disk, not flushed',
        goal: '≤ 3 ×',
        most: 3,
        peer: 'Mastra 202 µs',
      },
      wide(scale),
      scale,
    ),
  W2c: (scale) =>
    besideLoop(
      { workload: 'W2c', what: 'the branches on disk, flushed', goal: '≤ 3 ×', most: 3 },
      wide(scale, 'disk'),
      scale,
    ),
  W3a: (scale) =>
    inMemory(
      {
        workload: 'W3a',
        what: `${runsOf(scale)} runs of 10 steps at once, in memory`,
        goal: 'ahead of every peer',
        peer: 'XState 14 µs',
      },
      batonAtOnce({ flow: chain(LENGTH), units: LENGTH }, runsOf(scale)),
      { scale, most: 14 },
    ),
  W3b: (scale) =>
    besideLoops(
      {
        workload: 'W3b',
        what: 'the runs on disk, one file each, not flushed',
        goal: '≤ 1.5 ×',
        most: 1.5,
        peer: 'Restate 172 µs',
      },
      short(scale),
      scale,
    ),
  W3c: (scale) =>
    besideLoops(
      {
        workload: 'W3c',
        what: 'the runs on disk, flushed at each boundary',
        goal: '–',
        peer: 'Restate 172 µs',
      },
      short(scale, 'disk'),
      scale,
    ),
  async W4({ folder, isQuick }) {
    const resumed = measureResume(join(folder, 'w4'), isQuick ? 2 : 5)
    const claim = {
      workload: 'W4',
      what: 'process start to step 5,001 of a killed run',
      goal: '≤ 2 ×',
      most: 2,
    }
    return [toFloorRow({ ...claim, peer: 'Restate 411 ms' }, resumed, 'ms')]
  },
  W5: measureStreaming,
  W6: measureSize,
  async W7(scale) {
    const length = scale.isQuick ? 10_000 : 100_000
    const [long, brief] = [length, STEPS].map((steps) =>
      baton({ flow: chain(steps), units: steps, folder: scale.folder, sync: 'os' }),
    )
    if (long === undefined || brief === undefined) return []
    const claim = {
      workload: 'W7',
      what: `a step of ${length} beside a step of 1,000`,
      goal: '≤ 1.2 ×',
      most: 1.2,
    }
    return [toFloorRow(claim, await compare(long, brief, scale.isQuick ? 1 : 3))]
  },
}

/** Baton in memory, where the goal is a time. */
async function inMemory(
  claim: Omit<Claim, 'most'>,
  contestant: Contestant,
  { scale, most }: { readonly scale: Scale; readonly most: number },
): Promise<readonly Row[]> {
  const sample = await time(contestant, scale.rounds)
  return [toRow(claim, spread(sample, 'µs'), sample.median <= most)]
}

/** One run beside a loop that appends the same. */
async function besideLoop(claim: Claim, setting: OnDisk, scale: Scale): Promise<readonly Row[]> {
  const appends = await recordAppends(setting)
  return [toFloorRow(claim, await compare(baton(setting), floor(setting, { appends }), scale.rounds))]
}

/**
 * Many runs at once beside as many loops: those that go on at once, as the goal was set with, and those that
 * block, so that each is done before the next begins.
 */
async function besideLoops(claim: Claim, setting: OnDisk, scale: Scale): Promise<readonly Row[]> {
  const runs = runsOf(scale)
  const appends = await recordAppends(setting)
  const against = (writing: 'asynchronous' | 'blocking'): Promise<Comparison> =>
    compare(batonAtOnce(setting, runs), floor(setting, { appends, runs, writing }), scale.rounds)
  const { workload } = claim
  const blocking = { workload, what: 'the same beside loops that block, one after the other', goal: '–' }
  return [toFloorRow(claim, await against('asynchronous')), toFloorRow(blocking, await against('blocking'))]
}

async function measureStreaming({ isQuick, rounds }: Scale): Promise<readonly Row[]> {
  const chunks = isQuick ? 50_000 : 200_000
  const fast = await compare(batonStream(chunks), generatorFloor(chunks), rounds)
  const slow = await measureSlowReader(chunks)
  const told = slow.received + slow.told
  return [
    toFloorRow(
      {
        workload: 'W5',
        what: `${chunks} chunks to a fast reader`,
        goal: '≤ 2 ×',
        most: 2,
        peer: 'XState 0.16 µs',
      },
      fast,
    ),
    toRow(
      {
        workload: 'W5',
        what: 'the same to a reader that takes 1 ms each',
        goal: '< 10 MB, loss told',
        peer: 'OpenAI Agents 191 MB',
      },
      `+${slow.residentGrowthMb.toFixed(1)} MB, ${told} told`,
      slow.residentGrowthMb < 10 && told === chunks,
    ),
  ]
}

async function measureSize({ isQuick }: Scale): Promise<readonly Row[]> {
  const bundle = await measureBundle()
  const { megabytes, dependencies } = measureInstall()
  const { median } = measureImport(isQuick ? 3 : 9)
  return [
    toRow(
      { workload: 'W6', what: 'import over bare Node', goal: '≤ 40 ms', peer: 'XState 9 ms' },
      `${median.toFixed(0)} ms`,
      median <= 40,
    ),
    toRow(
      { workload: 'W6', what: 'install, direct dependencies', goal: '≤ 12 MB, ≤ 6', peer: 'XState 3 MB' },
      `${megabytes.toFixed(1)} MB, ${dependencies}`,
      megabytes <= 12 && dependencies <= 6,
    ),
    toRow(
      { workload: 'W6', what: 'bundle gzipped, without zod and yaml', goal: '≤ 60 kB' },
      `${bundle.withoutKb.toFixed(0)} kB of ${bundle.wholeKb.toFixed(0)} kB`,
      bundle.withoutKb <= 60,
    ),
  ]
}
