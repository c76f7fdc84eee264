import { mkdirSync, mkdtempSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, it } from 'vitest'
import { createClaudeEngine } from './claude-engine.ts'
import { probeClaude } from './probe.ts'
import { claudeProgram, createProgramEngine } from './programs.fixture.ts'
import { createScriptedSdk } from './scripted-sdk.fixture.ts'

const PATH = process.env.PATH ?? ''
const HOME = mkdtempSync(join(tmpdir(), 'baton-home-'))

it('a program that is there tells its version, to receipts as well', async () => {
  const engine = createProgramEngine()
  expect(engine.version).toBeUndefined()
  expect(await engine.probe?.()).toEqual({ available: true, version: '9.9.9' })
  expect(engine.version).toBe('9.9.9')
})

it('a program that is missing, or is another one, is told', async () => {
  expect(await createProgramEngine({ command: '/nowhere/claude' }).probe?.()).toEqual({
    available: false,
    message: expect.stringContaining('Install it with: npm install -g @anthropic-ai/claude-code'),
  })
  expect(await createProgramEngine({ command: 'true' }).probe?.()).toMatchObject({ available: false })
})

it('a program that does not answer is told in time, and ended', async () => {
  const command = [process.execPath, claudeProgram, '--hang']
  expect(await probeClaude({ command }, { PATH }, 100)).toEqual({
    available: false,
    message: `"${process.execPath} --version" does not answer`,
  })
})

it('a missing key is told, with what to set; a login is as good', async () => {
  const engine = createProgramEngine({ env: { PATH, HOME } })
  expect(await engine.probe?.()).toEqual({
    available: process.platform === 'darwin',
    version: '9.9.9',
    message: expect.stringContaining('Set apiKey, or ANTHROPIC_API_KEY'),
  })
  mkdirSync(join(HOME, '.claude'))
  writeFileSync(join(HOME, '.claude', '.credentials.json'), '')
  expect(await engine.probe?.()).toEqual({ available: true, version: '9.9.9' })
})

it('another service has to be named', async () => {
  const options = { provider: 'anthropic_compat', apiKey: 'sk-0123456789' } as const
  expect(await createProgramEngine(options).probe?.()).toMatchObject({
    available: false,
    message: expect.stringContaining('Set baseUrl'),
  })
  expect(await createProgramEngine({ ...options, baseUrl: 'http://127.0.0.1:1' }).probe?.()).toMatchObject({
    available: true,
  })
})

it('an SDK is there or has to be installed', async () => {
  const apiKey = 'sk-0123456789'
  expect(await createClaudeEngine({ sdk: createScriptedSdk(), env: {}, apiKey }).probe?.()).toEqual({
    available: true,
  })
  const elsewhere = createClaudeEngine({
    sdk: createScriptedSdk(),
    env: {},
    apiKey,
    command: '/nowhere/claude',
  })
  expect(await elsewhere.probe?.()).toMatchObject({ available: false })
  expect(await createClaudeEngine({ mode: 'sdk', env: {}, apiKey }).probe?.()).toMatchObject({
    available: false,
    message: expect.stringContaining('npm install @anthropic-ai/claude-agent-sdk'),
  })
})
