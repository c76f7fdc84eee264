import { type Mutant, packageOf } from './mutant.ts'
import { type FailedTest, runTests, type TestRun, type TestVerdict } from './test-run.ts'
import type { WorkCopy } from './work-copy.ts'

/** What kills a mutant. */
export type Killer =
  | { readonly kind: 'test'; readonly test: FailedTest }
  /** What was run did not end with the mutant, as it does without. */
  | { readonly kind: 'timeout'; readonly what: string; readonly limitMs: number }

/** What became of a mutant. */
export interface Fate {
  readonly mutant: Mutant
  readonly killer: Killer | undefined
  /** What the simulator alone says, when it was asked: `undefined` when it sees nothing wrong. */
  readonly simulator?: Killer | undefined
  /** Why it could not be tried: its text is gone, or the tests are red without it. */
  readonly untried?: string
  readonly tookMs: number
}

/** How the hunt goes. */
export interface HuntOptions {
  /** Runs the simulator on every mutant too, whatever has killed it. @default false */
  readonly withSimulator?: boolean
  /** How many seeds the simulator plays. @default 500 */
  readonly seeds?: number
}

const SIMULATOR = 'src/run/simulator'

/** Hunts mutants in copies of the repository, one at a time in each. */
export class Hunt {
  readonly #options: HuntOptions
  /** What each run of tests says without any mutant, as far as that was asked. */
  readonly #sound = new Map<string, Promise<boolean>>()

  constructor(options: HuntOptions = {}) {
    this.#options = options
  }

  /** Tries the tests of the mutant's own, then all of its package, then the simulator, up to the first that fails. */
  async try(copy: WorkCopy, mutant: Mutant): Promise<Fate> {
    const began = performance.now()
    const took = (): number => performance.now() - began
    try {
      const simulator = this.#options.withSimulator
        ? await this.#killerIn(copy, mutant, this.#simulator)
        : undefined
      const killer = await this.#firstKiller(copy, mutant)
      return { mutant, killer: killer ?? simulator, simulator, tookMs: took() }
    } catch (thrown) {
      return { mutant, killer: undefined, untried: String(thrown), tookMs: took() }
    }
  }

  async #firstKiller(copy: WorkCopy, mutant: Mutant): Promise<Killer | undefined> {
    const stages = [
      ownTests(mutant),
      suiteOf(mutant),
      ...(this.#options.withSimulator ? [] : [this.#simulator]),
    ]
    for (const stage of stages) {
      const killer = await this.#killerIn(copy, mutant, stage)
      if (killer !== undefined) return killer
    }
    return undefined
  }

  /** Throws when what tells of the mutant is red or broken without it too: then nothing is known. */
  async #killerIn(copy: WorkCopy, mutant: Mutant, stage: Stage): Promise<Killer | undefined> {
    const verdict = await copy.with(mutant, () => runTests(copy.folder, stage))
    if (verdict.kind === 'green') return undefined
    const again = verdict.kind === 'red' ? { ...stage, files: [verdict.test.file] } : stage
    if (await this.#isSound(copy, again)) return killerOf(verdict, stage)
    const what = verdict.kind === 'red' ? verdict.test.title : stage.what
    throw new Error(`${what}: not green without the mutant either`)
  }

  #isSound(copy: WorkCopy, run: TestRun): Promise<boolean> {
    const key = [run.project, ...run.files].join(' ')
    const known = this.#sound.get(key) ?? runTests(copy.folder, run).then(({ kind }) => kind === 'green')
    this.#sound.set(key, known)
    return known
  }

  get #simulator(): Stage {
    const environment = { BATON_SEEDS: String(this.#options.seeds ?? 500) }
    return { what: 'the simulator', project: 'core', files: [SIMULATOR], limitMs: 300_000, environment }
  }
}

interface Stage extends TestRun {
  readonly what: string
}

/** The tests that the table names. */
function ownTests(mutant: Mutant): Stage {
  const { rule, tests: files } = mutant
  return { what: 'its tests', project: packageOf(mutant), files, about: `${rule}:`, limitMs: 60_000 }
}

/** Every test of the package that the mutant is in, without the simulator. */
function suiteOf(mutant: Mutant): Stage {
  const project = packageOf(mutant)
  return { what: `the tests of ${project}`, project, files: [], about: `${mutant.rule}:`, limitMs: 600_000 }
}

function killerOf(verdict: TestVerdict, { what, limitMs }: Stage): Killer | undefined {
  if (verdict.kind === 'red') return { kind: 'test', test: verdict.test }
  return verdict.kind === 'hangs' ? { kind: 'timeout', what, limitMs } : undefined
}
