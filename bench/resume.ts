/** W4: from the start of a process to the first step after the kill, with 5,000 steps behind it. */
import { spawnSync } from 'node:child_process'
import { copyFileSync, cpSync, existsSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { type Comparison, toComparison } from './measure.ts'

const here = fileURLToPath(new URL('.', import.meta.url))
const RUN = 'run-20260101-000000-resume'

function runChild(script: string, args: readonly string[]): string {
  const env = { PATH: process.env.PATH }
  const { stdout, stderr, signal, status } = spawnSync(process.execPath, [script, ...args], {
    env,
    encoding: 'utf8',
  })
  if (status !== 0 && signal !== 'SIGKILL') throw new Error(`${script} ended with ${status}: ${stderr}`)
  return stdout
}

/** Milliseconds to the first new step: Baton's, and of a process that only reads and folds the lines. */
export function measureResume(folder: string, rounds: number): Comparison {
  const source = join(folder, 'killed')
  runChild(join(here, 'resume-child.mjs'), ['kill', source, RUN])
  const journal = join(source, RUN, 'events.jsonl')
  if (!existsSync(journal)) throw new Error('The run to be resumed left no journal')
  const times = Array.from({ length: rounds + 1 }, (_, round) => {
    const copy = join(folder, `resumed-${round}`)
    cpSync(source, copy, { recursive: true })
    const plain = join(folder, `plain-${round}.jsonl`)
    copyFileSync(journal, plain)
    return {
      ours: timeUntilLine(join(here, 'resume-child.mjs'), ['resume', copy, RUN]),
      theirs: timeUntilLine(join(here, 'fold-child.mjs'), [plain]),
    }
  })
  return toComparison(times.slice(1))
}

/** The child prints the time of day at which it was there. */
function timeUntilLine(script: string, args: readonly string[]): number {
  const startedAt = performance.timeOrigin + performance.now()
  return Number(runChild(script, args).trim()) - startedAt
}
