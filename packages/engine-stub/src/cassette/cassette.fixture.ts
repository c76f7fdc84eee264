import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { EngineEvent, StepEngine, StepResult } from '@batonjs/core'
import { createStepContext, type TestStepContextOptions } from '@batonjs/testkit'
import { onTestFinished } from 'vitest'
import type { StubReply } from '../script.ts'
import { createStubEngine } from '../stub-engine.ts'
import { type RecordEngineOptions, recordEngine } from './record-engine.ts'

/** A folder that is gone after the test. */
export function temporaryFolder(): string {
  const folder = mkdtempSync(join(tmpdir(), 'baton-cassette-'))
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }))
  return folder
}

/** The files of a folder, by path. */
export function filesIn(folder: string): Readonly<Record<string, string>> {
  const paths = readdirSync(folder, { recursive: true, encoding: 'utf8' }).filter((path) =>
    path.endsWith('l'),
  )
  return Object.fromEntries(paths.sort().map((path) => [path, readFileSync(join(folder, path), 'utf8')]))
}

/** The lines of the only file. */
export function linesIn(folder: string): readonly unknown[] {
  const [text = ''] = Object.values(filesIn(folder))
  return text
    .trimEnd()
    .split('\n')
    .map((line) => JSON.parse(line))
}

/** Makes one call and reads it to its end. */
export async function call(engine: StepEngine, options: TestStepContextOptions = {}) {
  const context = createStepContext(options)
  const events: EngineEvent[] = []
  const generator = engine.runStep(context)
  for (;;) {
    const step = await generator.next()
    if (step.done === true) {
      const result: StepResult = step.value
      return { events, result, recorded: context.recorded, facts: context.facts.entries }
    }
    events.push(step.value)
  }
}

/** Records calls of a stub, each with its context, and gives the folder. */
export async function recorded(
  reply: StubReply,
  contexts: readonly TestStepContextOptions[] = [{}],
  options: RecordEngineOptions = {},
): Promise<string> {
  const folder = temporaryFolder()
  const engine = recordEngine(
    createStubEngine(() => reply),
    folder,
    options,
  )
  for (const context of contexts) await call(engine, context).catch(() => {})
  return folder
}
