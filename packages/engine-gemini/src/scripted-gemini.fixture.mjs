#!/usr/bin/env node
// A `gemini` that plays what the real one was recorded to say (0.61.0), by a word of the prompt. It leaves what it was
// given in CALLS, and keeps sessions in GEMINI_CLI_HOME as the real one does.
import { spawn } from 'node:child_process'
import { randomUUID } from 'node:crypto'
import { appendFileSync, existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { Readable, Writable } from 'node:stream'
import { text } from 'node:stream/consumers'
import { parseArgs } from 'node:util'

const { values } = parseArgs({
  options: {
    acp: { type: 'boolean' },
    version: { type: 'boolean' },
    model: { type: 'string' },
    policy: { type: 'string' },
    resume: { type: 'string' },
    'output-format': { type: 'string' },
    'approval-mode': { type: 'string' },
  },
})
const { CALLS = '', GEMINI_CLI_HOME = '', GEMINI_CLI_TRUST_WORKSPACE, HOME = '' } = process.env
const home = join(GEMINI_CLI_HOME || HOME, '.gemini')
const fileOf = (id) => join(home, `${id}.json`)
const say = (line) => process.stdout.write(`${typeof line === 'string' ? line : JSON.stringify(line)}\n`)

const exits = { forbidden: 144, 'http-401': 145, 'http-429': 173, 'daily-quota': 173, 'http-503': 247 }
const plays = {
  async forbidden(init) {
    say(init)
    say({
      type: 'result',
      status: 'error',
      error: { type: 'unknown', message: '[API Error: {"error":{"code":400,"message":"It is forbidden"}}]' },
    })
  },
  async turns(init) {
    say(init)
    say({
      type: 'result',
      status: 'error',
      error: { type: 'FatalTurnLimitedError', message: 'Reached max session turns' },
    })
    return 53
  },
  async slowly(init) {
    say(init)
    say({ type: 'message', role: 'assistant', content: 'Let me think. ', delta: true })
    process.on('SIGTERM', () => process.exit(0))
    await new Promise(() => setInterval(() => {}, 1_000))
  },
  async orphan(init) {
    say(init)
    const shell = spawn('sleep', ['1000'], { detached: true, stdio: 'ignore' })
    say({ type: 'message', role: 'assistant', content: `pid ${shell.pid}`, delta: true })
    process.on('SIGTERM', () => process.exit(0))
    await new Promise(() => setInterval(() => {}, 1_000))
  },
  async ended(init) {
    say(init)
    return 0
  },
  async killed(init) {
    say(init)
    process.kill(process.pid, 'SIGKILL')
    await new Promise(() => setInterval(() => {}, 1_000))
  },
  async silence(init) {
    say(init)
    say({ type: 'result', status: 'success', stats: {} })
  },
  async untrusted() {
    process.stderr.write('\u001b[31mGemini CLI is not running in a trusted directory.\u001b[0m\n')
    return 55
  },
  async login() {
    process.stderr.write(
      'Ripgrep is not available. Falling back to GrepTool.\nInvalid auth method selected.\n',
    )
    return 41
  },
  async huge(init) {
    say(init)
    say({ type: 'tool_use', tool_id: 'h', tool_name: 'run_shell_command', parameters: {} })
    say({ type: 'tool_result', tool_id: 'h', status: 'success', output: '§'.repeat(1_500_000) })
    say({ type: 'message', role: 'assistant', content: 'Printed.', delta: true })
    say({ type: 'result', status: 'success', stats: {} })
  },
  async noise(init) {
    process.stderr.write(
      '[STARTUP] Phase was started but never ended.\nError: not one of ours\n    at x.js:1\n',
    )
    say('Welcome to Gemini')
    say('[1]')
    say(init)
    say({ type: 'of_tomorrow' })
    say({ type: 'tool_result', tool_id: 'never-used', status: 'success' })
    say({ type: 'message', role: 'user', content: 'NOT AN ANSWER' })
    process.stdout.write(
      `${JSON.stringify({ type: 'message', role: 'assistant', content: 'Fine.', delta: true })}\n`,
    )
    process.stdout.write(JSON.stringify({ type: 'result', status: 'success', stats: {} }))
  },
}

function noteCall(said) {
  if (CALLS === '') return
  const policy = values.policy === undefined ? '' : readFileSync(values.policy, 'utf8')
  const call = { ...said, ...values, policy, trusted: GEMINI_CLI_TRUST_WORKSPACE, home }
  appendFileSync(CALLS, `${JSON.stringify(call)}\n`)
}

async function runHeadless() {
  const prompt = await text(process.stdin)
  const id = values.resume ?? randomUUID()
  noteCall({ prompt })
  if (values.resume !== undefined && !existsSync(fileOf(id))) {
    process.stderr.write(`Error resuming session: Invalid session identifier "${id}".\n`)
    return 42
  }
  if (prompt === '') {
    process.stderr.write('No input provided via stdin.\n')
    return 42
  }
  mkdirSync(home, { recursive: true })
  const heard = existsSync(fileOf(id)) ? JSON.parse(readFileSync(fileOf(id), 'utf8')) : []
  writeFileSync(fileOf(id), JSON.stringify([...heard, prompt]))
  const init = { type: 'init', session_id: id, model: values.model }
  const word = Object.keys(plays).find((name) => prompt.toLowerCase().includes(name))
  if (word !== undefined) return (await plays[word](init)) ?? exits[word] ?? 0
  const name = /\b(tool|http-\d+|daily-quota|empty-answer)\b/.exec(prompt)?.[0] ?? 'text'
  const lines = readFileSync(new URL(`recorded/${name}.fixture.jsonl`, import.meta.url), 'utf8')
  process.stdout.write(
    lines
      .replace(/"session_id":"[^"]*"/, `"session_id":"${id}"`)
      .replace('(1 contents)', `(heard ${heard.length + 1})`),
  )
  return exits[name] ?? 0
}

async function runAcp() {
  const { agent, methods, ndJsonStream, RequestError } = await import('@agentclientprotocol/sdk')
  noteCall({})
  const canceled = new Map()
  const chosen = { model: 'auto', mode: 'default' }
  const options = [
    { optionId: 'proceed_always', name: 'Allow for this session', kind: 'allow_always' },
    { optionId: 'proceed_once', name: 'Allow', kind: 'allow_once' },
    { optionId: 'cancel', name: 'Reject', kind: 'reject_once' },
  ]
  const connection = agent({ name: 'gemini' })
    .onRequest(methods.agent.initialize, () => ({
      protocolVersion: 1,
      agentInfo: { name: 'gemini-cli', version: '0.61.0' },
      agentCapabilities: { loadSession: true },
    }))
    .onRequest(methods.agent.session.new, () => ({
      sessionId: randomUUID(),
      modes: {
        currentModeId: 'default',
        availableModes: ['default', 'autoEdit', 'yolo', 'plan'].map((id) => ({ id, name: id })),
      },
      models: { currentModelId: 'auto', availableModels: [] },
    }))
    .onRequest(methods.agent.session.load, () => {
      throw RequestError.internalError({ details: 'Invalid session identifier' })
    })
    .onRequest(
      methods.agent.session.setMode,
      ({ params }) => Object.assign(chosen, { mode: params.modeId }) && {},
    )
    .onRequest(
      'session/set_model',
      (params) => params,
      ({ params }) => Object.assign(chosen, { model: params.modelId }) && {},
    )
    .onNotification(methods.agent.session.cancel, ({ params }) => canceled.get(params.sessionId)?.())
    .onRequest(methods.agent.session.prompt, async ({ params: { sessionId, prompt }, client }) => {
      const heard = prompt
        .map((part) => part.text)
        .join('')
        .toLowerCase()
      const update = (told) => client.notify('session/update', { sessionId, update: told })
      const speak = (text) =>
        update({ sessionUpdate: 'agent_message_chunk', content: { type: 'text', text } })
      if (heard.includes('forbidden'))
        throw new RequestError(400, '{"error":{"code":400,"message":"It is forbidden"}}')
      await speak(`${chosen.model} ${chosen.mode} ${GEMINI_CLI_TRUST_WORKSPACE}`)
      if (heard.includes('slowly')) {
        await new Promise((resolve) => canceled.set(sessionId, resolve))
        return { stopReason: 'cancelled' }
      }
      if (heard.includes('write')) {
        const toolCall = {
          toolCallId: `write_file__${randomUUID()}`,
          title: 'Writing to a.txt',
          kind: 'edit',
        }
        const { outcome } = await client.request('session/request_permission', {
          sessionId,
          options,
          toolCall,
        })
        if (outcome.optionId === 'proceed_once')
          await update({ sessionUpdate: 'tool_call_update', ...toolCall, status: 'completed' })
        await speak(' and so on.')
      }
      return {
        stopReason: 'end_turn',
        _meta: { quota: { token_count: { input_tokens: 120, output_tokens: 9 } } },
      }
    })
    .connect(ndJsonStream(Writable.toWeb(process.stdout), Readable.toWeb(process.stdin)))
  await connection.closed
  return 0
}

if (values.version) say('0.61.0')
else process.exitCode = await (values.acp ? runAcp() : runHeadless())
