/** A Baton process that starts and ends a program, says so, and again for every line that it is given. */
import { createInterface } from 'node:readline'
import { startShell } from './running.fixture.ts'

async function runOnce(): Promise<void> {
  const running = await startShell('true')
  await running.exit
  await running.end()
  console.log('done')
}

await runOnce()
for await (const _ of createInterface({ input: process.stdin })) await runOnce()
