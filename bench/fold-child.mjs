// W4's floor: reads the lines of the same journal and folds them into a map.
import { readFileSync } from 'node:fs'

const state = new Map()
for (const line of readFileSync(process.argv[2], 'utf8').trimEnd().split('\n')) {
  const event = JSON.parse(line)
  if (event.stepId !== undefined) state.set(event.stepId, event.type)
}
if (state.size < 5_000) throw new Error(`Only ${state.size} steps are in the journal`)
console.log(performance.timeOrigin + performance.now())
