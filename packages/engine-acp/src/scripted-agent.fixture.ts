/** The scripted agent as the engine's agent, and calls of it. */
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import type { EngineEvent, StepEngine, StepResult } from '@batonjs/core'
import { createStepContext, type TestStepContextOptions } from '@batonjs/testkit'
import { createAcpEngine } from './acp-engine.ts'
import type { AcpEngineOptions } from './acp-options.ts'

const script = fileURLToPath(new URL('scripted-agent.fixture.mjs', import.meta.url))

/** The scripted agent's command line. */
export const program = { command: process.execPath, args: [script] }

/** A folder for sessions and work. */
export function makeFolder(): { readonly path: string; remove(): void } {
  const path = mkdtempSync(join(tmpdir(), 'baton-acp-'))
  return { path, remove: () => rmSync(path, { recursive: true, force: true }) }
}

/** An engine whose agent keeps its sessions in that folder. */
export function createScripted(
  folder: string,
  able: Readonly<Record<string, string>> = {},
  options: AcpEngineOptions = {},
): StepEngine {
  const env = { PATH: process.env.PATH ?? '', HOME: folder, SESSIONS: folder, ...able }
  return createAcpEngine({ ...program, env, ...options })
}

/** A call, read to its end. */
export async function callAgent(engine: StepEngine, options: TestStepContextOptions) {
  const context = createStepContext(options)
  const call = engine.runStep(context)
  const events: EngineEvent[] = []
  for (;;) {
    const step = await call.next()
    if (step.done === true) return { events, result: step.value, approvals: context.recorded.approvals }
    events.push(step.value)
  }
}

/** A call that fails, as the failure that core makes of it. */
export async function failureOf(engine: StepEngine, options: TestStepContextOptions) {
  const told: Pick<StepResult, 'error'> = await callAgent(engine, options).then(
    ({ result }) => result,
    (thrown) => ({ error: thrown }),
  )
  return told.error
}
