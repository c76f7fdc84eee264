import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import * as sdk from '@agentclientprotocol/sdk'
import { testEngine } from '@batonjs/testkit'
import { afterAll, describe, it } from 'vitest'
import { createAcpEngine } from './acp-engine.ts'

const folder = mkdtempSync(join(tmpdir(), 'baton-acp-'))
afterAll(() => rmSync(folder, { recursive: true, force: true }))

const program = fileURLToPath(new URL('scripted-agent.fixture.mjs', import.meta.url))
const env = { PATH: process.env.PATH ?? '', HOME: folder, SESSIONS: folder, CONTINUES: 'load' }

testEngine(
  'an agent over ACP',
  () => createAcpEngine({ command: process.execPath, args: [program], env, sdk }),
  {
    test: { describe, it },
    context: { workspace: folder },
    graceMs: 4_500,
    scenarios: {
      failing: { prompt: 'Do something forbidden.' },
      slow: { prompt: 'Answer slowly.' },
      proposing: { prompt: 'What is the weather in Kiel?' },
    },
  },
)
