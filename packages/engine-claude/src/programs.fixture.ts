/** What the tests of the engine share: the program that stands for `claude`, an SDK that does, and calls of them. */
import { fileURLToPath } from 'node:url'
import type { EngineEvent, StepEngine, StepResult } from '@batonjs/core'
import { createStepContext, type TestStepContextOptions } from '@batonjs/testkit'
import { createClaudeEngine } from './claude-engine.ts'
import type { ClaudeEngineOptions } from './claude-options.ts'

/** The arguments after which `node` speaks as `claude` does. */
export const claudeProgram = fileURLToPath(new URL('../test/claude-program.mjs', import.meta.url))

export const plainEnvironment = { PATH: process.env.PATH ?? '', ANTHROPIC_API_KEY: 'sk-test-0123456789' }

/** An engine on that program. */
export function createProgramEngine(options: ClaudeEngineOptions = {}): StepEngine {
  return createClaudeEngine({ command: [process.execPath, claudeProgram], env: plainEnvironment, ...options })
}

/** How a call went. */
export interface Called {
  readonly events: readonly EngineEvent[]
  readonly result: StepResult
}

/** Makes a call; `onEvent` sees each event before the engine goes on. */
export async function call(
  engine: StepEngine,
  options: TestStepContextOptions = {},
  onEvent: (event: EngineEvent) => void = () => {},
): Promise<Called> {
  const generator = engine.runStep(createStepContext(options))
  const events: EngineEvent[] = []
  for (;;) {
    const { value, done } = await generator.next()
    if (done === true) return { events, result: value }
    events.push(value)
    onEvent(value)
  }
}
