import { describe, expect, it } from 'vitest'
import { onStage } from '../stage/stage.ts'
import { claudeCli as target } from '../targets/claude-cli.ts'
import { createDice } from './dice.ts'
import { type KillRow, noteKill } from './kill-row.ts'
import { type Moment, playKill, REQUESTS } from './play-kill.ts'

const KILLS = 20
const LATEST_MS = 600
const dice = createDice(Number(process.env.E2E_SEED ?? KILLS))
const moments = Array.from({ length: KILLS }, (_, index) => ({
  number: index + 1,
  requests: 1 + (index % REQUESTS),
  laterMs: Math.floor(dice() * LATEST_MS),
}))
const missing = target.missing()

describe.concurrent('S5: a kill -9 of Baton in the middle of a real Claude run', () => {
  for (const { number, ...moment } of moments) {
    it(`leaves no process and repeats no finished step: kill ${number}`, async ({ task, skip }) => {
      skip(missing !== undefined, missing)
      const row = await playUntilHit(number, moment)
      noteKill(task.meta, row)
      expect(row).toMatchObject({ repeated: 0 })
      expect(row.continued).not.toBe(false)
    })
  }
})

/** A run that was over before its kill is replaced by one that is killed earlier. */
async function playUntilHit(number: number, moment: Moment): Promise<KillRow> {
  let row: KillRow | undefined
  await onStage(target, async (stage) => {
    row = await playKill(stage, number, moment)
  })
  return row ?? playUntilHit(number, { ...moment, laterMs: Math.floor(moment.laterMs / 2) })
}
