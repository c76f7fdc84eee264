import { describe, it } from 'vitest'
import { CASES } from '../cases/cases.ts'
import { onStage } from '../stage/stage.ts'
import type { Target } from '../targets/target.ts'
import { noteCell } from './cell.ts'

/** A column of the table: every case with one engine. */
export function playColumn(target: Target): void {
  const missing = target.missing()
  describe.concurrent(target.title, () => {
    for (const { key, title, run } of CASES) {
      it(`${key}: ${title}`, async ({ task, skip }) => {
        const cannot = target.cannot[key]
        noteCell(task.meta, {
          target: target.key,
          case: key,
          ...(cannot === undefined ? {} : { cannot }),
          ...(missing === undefined ? {} : { missing }),
        })
        skip(cannot !== undefined, cannot)
        skip(missing !== undefined, missing)
        await onStage(target, run)
      })
    }
  })
}
