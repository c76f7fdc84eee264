// Runs the main job again and again, kills it with SIGKILL at a random moment (often more than once), resumes
// it, and holds every run to the promise: the same outcome, a byte-equal report, no finished step run twice.
//
//     npm run kill-runs -- --runs 100 --at-once 3 --seed 1
import { execFileSync } from 'node:child_process'
import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { parseArgs } from 'node:util'
import { checkRun } from './kill-runs/check-run.ts'
import { createDice } from './kill-runs/dice.ts'
import { type Job, startJob } from './kill-runs/job.ts'

const root = fileURLToPath(new URL('..', import.meta.url))
const MOST_KILLS = 3

const { values } = parseArgs({
  options: {
    runs: { type: 'string', default: '100' },
    'at-once': { type: 'string', default: '3' },
    seed: { type: 'string', default: String(Date.now() % 100_000) },
  },
})
const wanted = Number(values.runs)
const dice = createDice(Number(values.seed))

const folder = mkdtempSync(join(tmpdir(), 'kill-runs-'))
const repo = join(folder, 'repo')
execFileSync('git', ['clone', '--quiet', '--no-hardlinks', root, repo])

const plain = await startJob({ root, repo, folder }).ended
const report = readFileSync(join(folder, 'runs', plain.runId, 'repo-review', 'report.md'))
const length = plain.tookMs
console.log(
  `seed ${values.seed}: the job takes ${length.toFixed(0)} ms from its first event when nobody kills it`,
)

const figures = { runs: 0, kills: 0, escaped: 0, interrupted: 0, reused: 0 }
const failures: string[] = []

/** One run: killed up to three times, then left to finish. One that was over before is replaced by another. */
async function tryOnce(number: number): Promise<void> {
  let wasKilled = false
  let job: Job = startJob({ root, repo, folder })
  let runId = await job.runId
  for (let kills = 1 + dice.below(MOST_KILLS); kills > 0 && runId !== undefined; kills -= 1) {
    // Several at once take longer than one alone: kills must reach the last step too.
    const isOver = await job.killAfter(dice.below(Math.ceil(length * 3)))
    if (isOver) break
    wasKilled = true
    figures.kills += 1
    job = startJob({ root, repo, folder, resume: runId })
    runId = (await job.runId) ?? runId
  }
  const { code, output } = await job.ended
  if (!wasKilled) {
    figures.escaped += 1
    return await tryOnce(number)
  }
  const verdict = checkRun(join(folder, 'runs', runId ?? ''), report)
  figures.runs += 1
  figures.interrupted += verdict.interrupted
  figures.reused += verdict.reused
  const isDone = code === 0 || output.includes('is over (succeeded)')
  const problems = isDone
    ? verdict.problems
    : [`ended with ${code}: ${output.slice(-400)}`, ...verdict.problems]
  for (const problem of problems) failures.push(`run ${number} (${runId}): ${problem}`)
  if (figures.runs % 10 === 0)
    console.log(`${figures.runs} of ${wanted} runs, ${figures.kills} kills, ${failures.length} failures`)
}

let next = 0
async function work(): Promise<void> {
  while (next < wanted) {
    next += 1
    await tryOnce(next)
  }
}
await Promise.all(Array.from({ length: Number(values['at-once']) }, work))

for (const failure of failures) console.log(failure)
console.log(
  `${figures.runs} runs, ${figures.kills} kills, ${figures.escaped} ended first: ${figures.interrupted} calls cut off and run again, ` +
    `${figures.reused} finished steps kept, ${failures.length} broken promises`,
)
if (failures.length === 0) rmSync(folder, { recursive: true, force: true })
else console.log(`The runs are in ${folder}`)
process.exitCode = failures.length === 0 ? 0 : 1
