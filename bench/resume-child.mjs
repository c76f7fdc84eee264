// W4's process: runs 10,000 steps and kills itself in step 5,000, or resumes and tells when step 5,000 starts.
import { createOrchestrator, defineFlow } from '@batonjs/core'
import { createFsStorage } from '@batonjs/storage-fs'

const [task, folder, runId] = process.argv.slice(2)
const output = 'x'.repeat(200)

async function atKill() {
  if (task === 'kill') process.kill(process.pid, 'SIGKILL')
  console.log(performance.timeOrigin + performance.now())
  process.exit(0)
}

const steps = Array.from({ length: 10_000 }, (_, index) => ({
  id: `s${index}`,
  kind: 'function',
  run: index === 5_000 ? atKill : async () => output,
}))
const orchestrator = createOrchestrator({
  flows: [defineFlow({ key: 'chain', steps })],
  storage: createFsStorage({ folder }),
  sync: 'os',
})
await (task === 'kill' ? orchestrator.execute({ runId }) : orchestrator.resume(runId))
