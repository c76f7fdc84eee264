/** A process is killed in the middle of a step. Another one goes on with the run, and repeats nothing. */
import assert from 'node:assert/strict'
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { appendFileSync } from 'node:fs'
import { mkdtemp, readFile, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { createOrchestrator, defineFlow, type Orchestrator } from '@batonjs/core'
import { createStubEngine } from '@batonjs/engine-stub'
import { createFsStorage } from '@batonjs/storage-fs'

/** Every step writes down that its code ran, so that a repetition could not be hidden. */
function createMigration(folder: string): Orchestrator {
  const note = (line: string): string => {
    appendFileSync(join(folder, 'ran.log'), `${line}\n`)
    return line
  }
  const migration = defineFlow({
    key: 'migration',
    steps: [
      { id: 'export', kind: 'function', run: () => note('export') },
      { id: 'check', prompt: 'Is the export whole? $export.output' },
      {
        id: 'import',
        kind: 'function',
        run({ attempt, idempotencyKey }) {
          note(`import, attempt ${attempt}`)
          if (attempt === 1) process.kill(process.pid, 'SIGKILL')
          return `imported with the key ${idempotencyKey}`
        },
      },
      { id: 'announce', kind: 'function', run: () => note('announce') },
    ],
  })
  const engine = createStubEngine({ steps: { check: { text: () => note('check') } } })
  return createOrchestrator({
    flows: [migration],
    engines: [engine],
    storage: createFsStorage({ folder: join(folder, 'runs') }),
  })
}

/** Starts this file once more; the run begins there and dies there. */
async function beginAndDie(folder: string): Promise<void> {
  const command = [...process.execArgv, fileURLToPath(import.meta.url), 'begin', folder]
  const env = { PATH: process.env.PATH }
  const [, signal] = await once(spawn(process.execPath, command, { env, stdio: 'inherit' }), 'exit')
  console.log(`the process was killed by ${signal}`)
  assert.equal(signal, 'SIGKILL')
}

async function goOn(folder: string): Promise<void> {
  const orchestrator = createMigration(folder)
  const { runs } = await orchestrator.runs({ status: 'interrupted' })
  const runId = runs[0]?.runId ?? ''
  const plan = await orchestrator.planResume(runId)
  console.table(plan.steps, ['stepId', 'action', 'cause'])

  for await (const event of orchestrator.resumeStream(runId)) {
    if ('stepId' in event) console.log(`${event.type} ${event.stepId}`)
    if (event.type === 'run_resumed') console.log(`run_resumed after a ${event.resumedFrom}`)
  }
  const ran = await readFile(join(folder, 'ran.log'), 'utf8')
  console.log(`what ran, over both processes:\n${ran.replace(/^/gm, '  ').trimEnd()}`)
  assert.equal(ran, 'export\ncheck\nimport, attempt 1\nimport, attempt 2\nannounce\n')
}

const [role, given] = process.argv.slice(2)
if (role === 'begin' && given !== undefined) {
  await createMigration(given).execute()
} else {
  const folder = await mkdtemp(join(tmpdir(), 'baton-'))
  await beginAndDie(folder)
    .then(() => goOn(folder))
    .finally(() => rm(folder, { recursive: true }))
}
