import { testEngine } from '@batonjs/testkit'
import { describe, it } from 'vitest'
import { createClaudeEngine } from './claude-engine.ts'
import { createProgramEngine } from './programs.fixture.ts'
import { createScriptedSdk } from './scripted-sdk.fixture.ts'

const kit = {
  test: { describe, it },
  deterministic: true,
  graceMs: 2_000,
  scenarios: {
    failing: { prompt: 'Go wrong. [fail]' },
    slow: { prompt: 'Take your time. [slow]' },
    proposing: { prompt: 'Write it. [propose]' },
  },
}

testEngine('Claude by its CLI', () => createProgramEngine(), kit)

const env = { ANTHROPIC_API_KEY: 'sk-test-0123456789' }
testEngine('Claude by its SDK', () => createClaudeEngine({ sdk: createScriptedSdk(), env }), kit)
