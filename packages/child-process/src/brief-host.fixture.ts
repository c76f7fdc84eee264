/**
 * A Baton process that starts and ends a program, says so, and again for every line that it is given. With a tag it has
 * another program beside, without its mark, that sleeps.
 */
import { createInterface } from 'node:readline'
import { startShell } from './running.fixture.ts'

async function runOnce(): Promise<void> {
  const running = await startShell('true')
  await running.exit
  await running.end()
  console.log('done')
}

const [tag] = process.argv.slice(2)
if (tag !== undefined) await startShell(`exec env -i sleep ${tag}`)
await runOnce()
for await (const _ of createInterface({ input: process.stdin })) await runOnce()
