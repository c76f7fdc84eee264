import { type ChildProcess, fork } from 'node:child_process'
import { fileURLToPath } from 'node:url'
import { createFigures, type Figures, mergeFigures } from '../../packages/core/test/simulator/figures.ts'
import type { Failure } from '../../packages/core/test/simulator/play-seed.ts'
import type { RangeReport, SeedRange } from './messages.ts'

/** Which seeds are played, and how. */
export interface SimulateSeedsOptions extends SeedRange {
  /** Processes beside each other. */
  readonly atOnce: number
  readonly onProgress: (played: number, failures: number) => void
  /** Is told of a failure as soon as it is there: a long run may be cut off. */
  readonly onFailure: (failure: Failure) => void
}

/** What became of all seeds. */
export interface SeedsReport {
  readonly figures: Figures
  readonly failures: number
  /** What is wrong with ranges that a process died or hung over. */
  readonly losses: readonly string[]
  readonly tookMs: number
}

const PLAYER = fileURLToPath(new URL('player.ts', import.meta.url))
/** Runs are born and die by the thousand: a larger nursery spares half of the time. */
const EXEC_ARGV = ['--conditions=@batonjs/source', '--import', 'tsx', '--max-semi-space-size=64']
const RANGE = 25
/** A range that takes longer hangs: the simulator itself ends a run that goes on for ever. */
const LONGEST_MS = 600_000

/** Plays seeds in processes of their own. */
export async function simulateSeeds(options: SimulateSeedsOptions): Promise<SeedsReport> {
  const { first, count, shrinkMs, atOnce, onProgress, onFailure } = options
  const began = performance.now()
  const figures = createFigures()
  const losses: string[] = []
  let next = first
  let played = 0
  let failures = 0
  const work = async (): Promise<void> => {
    for (let player = startPlayer(); ; ) {
      const range = { first: next, count: Math.min(RANGE, first + count - next), shrinkMs }
      if (range.count <= 0) return void player.disconnect()
      next += range.count
      const report = await playRange(player, range)
      if (typeof report === 'string') {
        losses.push(report)
        player = startPlayer()
      } else {
        mergeFigures(figures, report.figures)
        failures += report.failures.length
        report.failures.forEach(onFailure)
      }
      played += range.count
      onProgress(played, failures + losses.length)
    }
  }
  await Promise.all(Array.from({ length: Math.min(atOnce, Math.ceil(count / RANGE)) }, work))
  return { figures, failures, losses, tookMs: performance.now() - began }
}

function startPlayer(): ChildProcess {
  return fork(PLAYER, { execArgv: EXEC_ARGV, serialization: 'advanced' })
}

/** The report of a range, or how its process was lost over it. */
function playRange(player: ChildProcess, range: SeedRange): Promise<RangeReport | string> {
  return new Promise((resolve) => {
    const timer = setTimeout(() => player.kill('SIGKILL'), LONGEST_MS)
    const onExit = (code: number | null, signal: string | null): void => {
      clearTimeout(timer)
      const last = range.first + range.count - 1
      resolve(`Seeds ${range.first} to ${last}: the process that played them ended with ${code ?? signal}`)
    }
    player.once('exit', onExit)
    // A player sends nothing but reports.
    player.once('message', (report: RangeReport) => {
      clearTimeout(timer)
      player.off('exit', onExit)
      resolve(report)
    })
    player.send(range)
  })
}
