/** The scripted Gemini as the engine's program, calls of it, and what it was given. */
import { spawnSync } from 'node:child_process'
import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import type { EngineEvent, StepEngine, StepFailure } from '@batonjs/core'
import { createStepContext, type TestStepContextOptions } from '@batonjs/testkit'
import { createGeminiEngine } from './gemini-engine.ts'
import type { GeminiEngineOptions } from './gemini-options.ts'

/** The program. */
export const command = fileURLToPath(new URL('scripted-gemini.fixture.mjs', import.meta.url))

/** A folder that is home and workspace. */
export interface Place {
  readonly path: string
  /** What the program was given, call by call. */
  calls(): readonly Readonly<Record<string, string>>[]
  remove(): void
}

/** Makes one. */
export function makePlace(): Place {
  const path = mkdtempSync(join(tmpdir(), 'baton-gemini-test-'))
  return {
    path,
    remove: () => rmSync(path, { recursive: true, force: true }),
    calls() {
      const lines = readFileSync(join(path, 'calls.jsonl'), 'utf8').trim().split('\n')
      return lines.map((line) => JSON.parse(line))
    },
  }
}

/** An engine of the scripted program, at home in that place. */
export function createScripted({ path }: Place, options: GeminiEngineOptions = {}): StepEngine {
  const env = { PATH: process.env.PATH ?? '', HOME: path, CALLS: join(path, 'calls.jsonl') }
  return createGeminiEngine({ mode: 'cli', command, env, apiKey: 'a-dummy-key', workspace: path, ...options })
}

/** A call, read to its end. */
export async function callGemini(engine: StepEngine, options: TestStepContextOptions) {
  const context = createStepContext(options)
  const call = engine.runStep(context)
  const events: EngineEvent[] = []
  for (;;) {
    const step = await call.next()
    if (step.done === true) return { events, result: step.value, approvals: context.recorded.approvals }
    events.push(step.value)
  }
}

/** Why a call fails, however that is told. */
export async function failureOf(engine: StepEngine, prompt: string): Promise<StepFailure | undefined> {
  return callGemini(engine, { prompt }).then(
    ({ result }) => result.error,
    (thrown) => thrown,
  )
}

/** Whether a process runs; one that nobody has waited for is dead all the same. */
export function isAlive(pid: number): boolean {
  const { stdout } = spawnSync('ps', ['-o', 'stat=', '-p', String(pid)], { encoding: 'utf8' })
  return /^\s*[^Z\s]/.test(stdout)
}
