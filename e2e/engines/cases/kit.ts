import { engineCases } from '@batonjs/testkit'
import { fails, gives, type Script, says, type Turn } from '@batonjs/vendor-server'
import { expect } from 'vitest'
import type { Stage } from '../stage/stage.ts'
import type { Case } from './case.ts'

/** How many of the kit's cases run at once. */
const AT_ONCE = 3

/** Each promise of the port, against the real program. */
export const kit: Case = {
  key: 'kit',
  title: '`testEngine` is green: every promise of the port is kept',
  async run(stage) {
    stage.server.script(scriptFor(stage))
    const { target, place } = stage
    const canAsk = target.cannot.approved === undefined
    const cases = engineCases(() => target.createEngine(place), {
      context: { workspace: place.work },
      scenarios: {
        slow: { prompt: 'Answer slowly. [case:slow]' },
        failing: { prompt: 'Ask what is refused. [case:failing]' },
        ...(canAsk ? { proposing: { prompt: 'Write a file. [case:proposing]' } } : {}),
      },
      skip: target.kitSkips,
    })
    const failures: string[] = []
    const left = cases.filter(({ skipped }) => skipped === undefined)
    const work = async (): Promise<void> => {
      for (let one = left.shift(); one !== undefined; one = left.shift()) {
        const { id, run } = one
        await run().catch((thrown: unknown) => failures.push(`${id}: ${thrown}`))
      }
    }
    await Promise.all(Array.from({ length: AT_ONCE }, work))
    expect(failures).toEqual([])
  },
}

/** The greeting fits the schema of the kit, and is a fine answer to everything else. */
function scriptFor({ target, place }: Stage): Script {
  let files = 0
  // Claude does not write over a file that it has not read.
  const writes = (): Turn => {
    files += 1
    return says('', { tools: [target.writes(`${place.work}/${files}.txt`, 'A')] })
  }
  return {
    slow: says('One, two, three', { chunkSize: 5, broken: { after: 1, by: 'silence' } }),
    failing: fails(400),
    proposing: [writes, says('That was it.')],
    otherwise: gives({ greeting: 'Hello', language: 'en' }),
  }
}
