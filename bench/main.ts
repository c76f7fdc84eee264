/**
 * Baton beside the floor on the workloads of docs/benchmarks.md: `npm run bench`, or with `-- --quick` a few rounds
 * and no page.
 */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { agentChain, chain, fan } from './flows.ts'
import { type Contestant, race, type Sample } from './measure.ts'
import { type Row, toLine, toPage } from './report.ts'
import { measureResume } from './resume.ts'
import { measureBundle, measureImport, measureInstall } from './size.ts'
import { batonStream, generatorFloor, measureSlowReader } from './streaming.ts'
import { baton, batonAtOnce, floor, recordAppends, type Setting } from './workloads.ts'

const isQuick = process.argv.includes('--quick')
const rounds = isQuick ? 2 : 7
const folder = mkdtempSync(join(tmpdir(), 'baton-bench-'))
const rows: Row[] = []

function add(row: Row): void {
  rows.push(row)
  console.log(toLine(row))
}

interface Pairing {
  readonly workload: string
  readonly what: string
  readonly goal: string
  readonly most: number
}

/** Runs Baton against its floor and adds the row. */
async function compare(pairing: Pairing, ours: Contestant, theirs: Contestant): Promise<void> {
  const samples = await race([ours, theirs], rounds)
  addPair(pairing, samples.get(ours.name), samples.get(theirs.name))
}

function addPair(
  { workload, what, goal, most }: Pairing,
  ours: Sample | undefined,
  theirs: Sample | undefined,
  unit = 'µs',
): void {
  if (ours === undefined || theirs === undefined) throw new Error(`${workload} was not measured`)
  const ratio = ours.median / theirs.median
  const spread = `(${(ours.min / theirs.median).toFixed(1)}–${(ours.max / theirs.median).toFixed(1)})`
  add({
    workload,
    what,
    baton: `${ours.median.toFixed(1)} ${unit}`,
    floor: `${theirs.median.toFixed(1)} ${unit}`,
    ratio: `${ratio.toFixed(2)} ${spread}`,
    goal,
    isReached: ratio <= most,
  })
}

const steps = 1_000
const line = chain(steps)
const wide = fan(steps)
const inMemory = { flow: line, units: steps }
const onDisk: Setting & { folder: string } = {
  flow: line,
  units: steps,
  folder: join(folder, 'w1'),
  sync: 'os',
}
const wideOnDisk: Setting & { folder: string } = {
  flow: wide,
  units: steps + 1,
  folder: join(folder, 'w2'),
  sync: 'os',
}
const short: Setting & { folder: string } = {
  flow: chain(10),
  units: 10,
  folder: join(folder, 'w3'),
  sync: 'os',
}
const bare: Contestant = {
  name: 'bare',
  units: 100_000,
  prepare: async () => async () => {
    for (let index = 0; index < 100_000; index += 1) await (async () => 'x')()
  },
}

const alone = await race([baton('w1a', inMemory), bare], rounds)
const w1a = alone.get('w1a')
const loop = alone.get('bare')
add({
  workload: 'W1a',
  what: 'a chain of 1,000 steps in memory',
  baton: `${w1a?.median.toFixed(1)} µs (${w1a?.min.toFixed(1)}–${w1a?.max.toFixed(1)})`,
  floor: `${loop?.median.toFixed(2)} µs`,
  ratio: '–',
  goal: '≤ 12 µs',
  isReached: (w1a?.median ?? 99) <= 12,
})

const lineAppends = await recordAppends(onDisk)
await compare(
  { workload: 'W1b', what: 'the chain on disk, not flushed', goal: '≤ 3 ×', most: 3 },
  baton('w1b', onDisk),
  floor('w1b floor', onDisk, { appends: lineAppends }),
)
const flushed = { ...onDisk, sync: 'disk' as const }
await compare(
  { workload: 'W1c', what: 'the chain on disk, flushed at each boundary', goal: '≤ 1.25 ×', most: 1.25 },
  baton('w1c', flushed),
  floor('w1c floor', flushed, { appends: lineAppends }),
)
await compare(
  { workload: 'W1d', what: 'the chain as agent steps with receipts', goal: '≤ 25 × W1b’s floor', most: 25 },
  baton('w1d', { ...onDisk, flow: agentChain(steps) }),
  floor('w1d floor', onDisk, { appends: lineAppends }),
)
const wideAppends = await recordAppends(wideOnDisk)
await compare(
  { workload: 'W2b', what: '1,000 branches and a join, not flushed', goal: '≤ 3 ×', most: 3 },
  baton('w2b', wideOnDisk),
  floor('w2b floor', wideOnDisk, { appends: wideAppends }),
)
const wideFlushed = { ...wideOnDisk, sync: 'disk' as const }
await compare(
  { workload: 'W2c', what: 'the same, flushed', goal: '≤ 3 ×', most: 3 },
  baton('w2c', wideFlushed),
  floor('w2c floor', wideFlushed, { appends: wideAppends }),
)
const runs = isQuick ? 200 : 1_000
const shortAppends = await recordAppends(short)
await compare(
  { workload: 'W3b', what: `${runs} runs of 10 steps at once, one file each`, goal: '≤ 1.5 ×', most: 1.5 },
  batonAtOnce('w3b', short, runs),
  floor('w3b floor', short, { appends: shortAppends, runs }),
)
const resume = measureResume(join(folder, 'w4'), isQuick ? 2 : 5)
addPair(
  { workload: 'W4', what: 'process start to step 5,001 of a killed run', goal: '≤ 2 ×', most: 2 },
  resume.baton,
  resume.floor,
  'ms',
)

const chunks = isQuick ? 50_000 : 200_000
await compare(
  { workload: 'W5', what: `${chunks} chunks to a fast reader`, goal: '≤ 2 ×', most: 2 },
  batonStream('w5', chunks),
  generatorFloor('w5 floor', chunks),
)
const slow = await measureSlowReader(chunks)
add({
  workload: 'W5',
  what: 'the same to a reader that takes 1 ms each',
  baton: `+${slow.residentGrowthMb.toFixed(1)} MB`,
  floor: '–',
  ratio: `${slow.received + slow.told} of ${chunks} told`,
  goal: '< 10 MB, loss told',
  isReached: slow.residentGrowthMb < 10 && slow.received + slow.told === chunks,
})

const bundle = await measureBundle()
const install = measureInstall()
const imported = measureImport(isQuick ? 3 : 9)
const plain = { floor: '–', ratio: '–' }
add({
  workload: 'W6',
  what: 'import over bare Node',
  baton: `${imported.median.toFixed(0)} ms`,
  ...plain,
  goal: '≤ 40 ms',
  isReached: imported.median <= 40,
})
add({
  workload: 'W6',
  what: 'install, direct dependencies',
  baton: `${install.megabytes.toFixed(1)} MB, ${install.dependencies}`,
  ...plain,
  goal: '≤ 12 MB, ≤ 6',
  isReached: install.megabytes <= 12 && install.dependencies <= 6,
})
add({
  workload: 'W6',
  what: 'bundle gzipped, without zod and yaml',
  baton: `${bundle.withoutKb.toFixed(0)} kB`,
  floor: '–',
  ratio: `${bundle.wholeKb.toFixed(0)} kB whole`,
  goal: '≤ 60 kB',
  isReached: bundle.withoutKb <= 60,
})

const long = isQuick ? 10_000 : 100_000
const lengths = await race(
  [1_000, long].map((length) => baton(`w7 ${length}`, { ...onDisk, flow: chain(length), units: length })),
  isQuick ? 1 : 3,
)
addPair(
  { workload: 'W7', what: `a step of ${long} beside a step of 1,000`, goal: '≤ 1.2 ×', most: 1.2 },
  lengths.get(`w7 ${long}`),
  lengths.get('w7 1000'),
)

rmSync(folder, { recursive: true, force: true })
if (!isQuick) {
  const { notes } = await import('./notes.ts')
  writeFileSync(fileURLToPath(new URL('../docs/benchmarks.md', import.meta.url)), toPage(rows, notes))
}
