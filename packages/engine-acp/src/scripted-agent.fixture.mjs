// An agent that plays what words of the prompt ask for, over the SDK's own agent side. What it is able to says its
// environment: SESSIONS (a folder), CONTINUES (load, resume), STARTS (silent, version-2), DEAF (stays when its stdin ends).
import { spawn } from 'node:child_process'
import { randomUUID } from 'node:crypto'
import { existsSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { Readable, Writable } from 'node:stream'
import { agent, methods, ndJsonStream, RequestError } from '@agentclientprotocol/sdk'

const { SESSIONS = '.', CONTINUES = '', STARTS = '', DEAF = '' } = process.env
const at = methods.agent
const canceled = new Map()
const metas = new Map()

const fileOf = (id) => join(SESSIONS, `${id}.json`)
const heardIn = (id) => JSON.parse(readFileSync(fileOf(id), 'utf8'))
const remember = (id, heard) => writeFileSync(fileOf(id), JSON.stringify(heard))
const pause = () => new Promise((resolve) => setTimeout(resolve, 5))
const offers = () => ({
  modes: {
    currentModeId: 'careful',
    availableModes: [
      { id: 'careful', name: 'Careful' },
      { id: 'plan', name: 'Plan' },
    ],
  },
  ...(CONTINUES.includes('list')
    ? {
        models: {
          currentModelId: 'small',
          availableModels: [
            { modelId: 'small', name: 'S' },
            { modelId: 'large', name: 'L' },
          ],
        },
      }
    : {}),
  ...(CONTINUES.includes('option')
    ? {
        configOptions: [
          {
            id: 'm',
            category: 'model',
            type: 'select',
            name: 'Model',
            currentValue: 'small',
            options: [
              {
                group: 'all',
                name: 'All',
                options: [
                  { value: 'small', name: 'S' },
                  { value: 'large', name: 'L' },
                ],
              },
            ],
          },
        ],
      }
    : {}),
})
const chosen = { model: 'small', mode: 'careful' }

const acts = {
  async said({ say, id }) {
    const heard = heardIn(id)
    await say(`${chosen.model} ${chosen.mode} heard ${heard.length}: `)
    await say(String(heard.at(-1)))
  },
  async forbidden() {
    throw new RequestError(
      400,
      '{"error":{"code":400,"message":"It is forbidden","status":"INVALID_ARGUMENT"}}',
    )
  },
  async kind({ update }) {
    await update({
      sessionUpdate: 'usage_update',
      used: 10,
      size: 1000,
      cost: { amount: 0.25, currency: 'USD' },
    })
    throw RequestError.internalError({ errorKind: 'authentication_failed', details: 'Invalid key' })
  },
  async slowly({ say, untilCanceled }) {
    await say('Let me think. ')
    await untilCanceled
    return { stopReason: 'cancelled' }
  },
  async weather({ say, update, ask }) {
    const call = {
      toolCallId: 'call-1',
      title: 'Look at the weather in Kiel',
      kind: 'fetch',
      rawInput: { town: 'Kiel' },
    }
    await say('I will look. ')
    await update({ sessionUpdate: 'tool_call', ...call, rawInput: {}, status: 'pending' })
    await update({ sessionUpdate: 'tool_call_update', ...call, name: 'weather' })
    const answer = await ask({ toolCallId: 'call-1', rawInput: { town: 'Kiel' } })
    const status = answer === 'yes' ? 'completed' : 'failed'
    await update({ sessionUpdate: 'tool_call_update', toolCallId: 'call-1', status, rawOutput: { answer } })
    await say(`They said ${answer}.`)
  },
  // Codex: ids and times in what it shows; a refusal cancels its turn. opencode ends it without a word.
  async codex({ ask }) {
    const rawInput = {
      call_id: String(Math.random()),
      started_at_ms: Date.now(),
      command: ['touch', 'a.txt'],
    }
    const answer = await ask({ toolCallId: 'x', title: 'touch a.txt', kind: 'execute', rawInput })
    return answer === 'yes' ? {} : { stopReason: 'cancelled' }
  },
  async mute({ ask }) {
    await ask({ toolCallId: 'm', title: 'touch a.txt' })
  },
  // Gemini: nothing of the call before the request, the diff in its content, nothing after a refusal.
  async edit({ say, update, ask }) {
    const call = { toolCallId: 'write_file__17_0', title: 'Writing to a.txt', kind: 'edit' }
    const content = [{ type: 'diff', path: '/w/a.txt', oldText: null, newText: 'a', _meta: { kind: 'add' } }]
    const answer = await ask({ ...call, content, status: 'pending', locations: [] })
    if (answer === 'yes')
      await update({ sessionUpdate: 'tool_call_update', ...call, content, status: 'completed' })
    await say(`They said ${answer}.`)
  },
  async both({ say, ask }) {
    const answers = await Promise.all([
      ask({ toolCallId: 'a', title: 'A' }),
      ask({ toolCallId: 'b', title: 'B' }),
    ])
    await say(answers.join(' and '))
  },
  async running({ say, update, ask }) {
    await update({
      sessionUpdate: 'tool_call',
      toolCallId: 'r',
      title: 'Run',
      status: 'in_progress',
      rawInput: { n: 1 },
    })
    const answer = await ask({ toolCallId: 'r', rawInput: { n: 1 } })
    await update({ sessionUpdate: 'tool_call_update', toolCallId: 'r', status: 'completed' })
    await say(`They said ${answer}.`)
  },
  async always({ say, ask }) {
    const options = [
      { optionId: 'x', name: 'Always', kind: 'allow_always' },
      { optionId: 'y', name: 'Never', kind: 'reject_always' },
    ]
    await say(`They said ${await ask({ toolCallId: 'z', title: 'Z' }, options)}.`)
  },
  // Gemini, with arguments of over 500 characters for a tool of an MCP server.
  async payload({ say, ask }) {
    const text = '[Payload omitted due to length with parameters: body, title]'
    const content = [{ type: 'content', content: { type: 'text', text } }]
    const call = { toolCallId: 'p', title: 'hub (hub MCP Server)', kind: 'other', locations: [], content }
    await say(`They said ${await ask(call)}.`)
  },
  async free({ say, update }) {
    await update({
      sessionUpdate: 'tool_call',
      toolCallId: 'f',
      title: 'Read a.txt',
      kind: 'read',
      status: 'pending',
    })
    const content = [{ type: 'content', content: { type: 'text', text: 'what it holds' } }]
    await update({ sessionUpdate: 'tool_call_update', toolCallId: 'f', status: 'completed', content })
    await say('I read it.')
  },
  async burst({ say }) {
    const all = Array.from({ length: 500 }, (_, n) => say(`${n} `))
    await Promise.all(all)
  },
  async noise({ say, update }) {
    process.stdout.write('Welcome!\n\n[1,2]\n"text"\nnull\n{"jsonrpc":"2.0"}\n{"method":"session/update"}\n')
    process.stderr.write('DeprecationWarning: nothing\n    at nowhere.js:1\n')
    await update({ sessionUpdate: 'of_tomorrow', something: { new: true } })
    await update({ sessionUpdate: 'agent_thought_chunk', content: { type: 'text', text: 'SECRET THOUGHT' } })
    await update({ sessionUpdate: 'agent_message_chunk', content: { type: 'text', text: '' } })
    await update({
      sessionUpdate: 'agent_message_chunk',
      content: { type: 'image', data: '', mimeType: 'image/png' },
    })
    await update({ sessionUpdate: 'tool_call_update', toolCallId: 'n', status: 'none of these' })
    process.stdout.write(
      `${JSON.stringify({ jsonrpc: '2.0', method: 'session/update', params: { sessionId: 'another', update: { sessionUpdate: 'agent_message_chunk', content: { type: 'text', text: 'NOT MINE' } } } })}\n`,
    )
    await say('Fine.')
  },
  async huge({ say, update }) {
    await update({ sessionUpdate: 'tool_call', toolCallId: 'h', title: 'Print', status: 'in_progress' })
    await update({
      sessionUpdate: 'tool_call_update',
      toolCallId: 'h',
      status: 'completed',
      rawOutput: '§'.repeat(3_000_000),
    })
    await say('Printed.')
  },
  async files({ say, client, id }) {
    const refusal = await client
      .request('fs/write_text_file', { sessionId: id, path: '/w/x', content: '' })
      .catch((thrown) => thrown)
    await say(`fs: ${refusal.code}`)
  },
  async meta({ say, id }) {
    await say(JSON.stringify(metas.get(id)))
  },
  async crash() {
    process.stderr.write('TypeError: it is broken\n')
    process.exit(3)
  },
  async orphan({ say, untilCanceled }) {
    const shell = spawn('sleep', ['1000'], { detached: true, stdio: 'ignore' })
    shell.unref()
    await say(`pid ${shell.pid}`)
    await untilCanceled
    await new Promise(() => {})
  },
  nothing: async () => {},
  refuse: async ({ say }) => ({ stopReason: 'refusal', said: await say('I will not.') }),
  cut: async ({ say }) => ({ stopReason: 'max_tokens', said: await say('Once upon a') }),
  turns: async () => ({ stopReason: 'max_turn_requests' }),
  outside: async () => ({ stopReason: 'cancelled' }),
}

const app = agent({ name: 'scripted' })
  .onRequest(at.initialize, async () => {
    if (STARTS === 'silent') await new Promise(() => {})
    const sessionCapabilities = CONTINUES.includes('resume') ? { resume: {} } : {}
    const agentCapabilities = { loadSession: CONTINUES.includes('load'), sessionCapabilities }
    return {
      protocolVersion: STARTS === 'version-2' ? 2 : 1,
      agentInfo: { name: 'scripted', version: '1.2.3' },
      agentCapabilities,
      authMethods: [],
    }
  })
  .onRequest(at.authenticate, async ({ params }) => {
    if (params.methodId !== 'key') throw RequestError.authRequired(undefined, 'No such method')
    return {}
  })
  .onRequest(at.session.new, async ({ params }) => {
    if (STARTS === 'locked') throw RequestError.authRequired(undefined, 'Please log in')
    const id = randomUUID()
    metas.set(id, params._meta)
    remember(id, params.mcpServers.length === 0 ? [] : [JSON.stringify(params.mcpServers)])
    return { sessionId: id, ...offers() }
  })
  .onRequest(at.session.load, async ({ params, client }) => {
    if (!existsSync(fileOf(params.sessionId))) throw RequestError.resourceNotFound(params.sessionId)
    metas.set(params.sessionId, params._meta)
    const told = (update) => client.notify('session/update', { sessionId: params.sessionId, update })
    await told({ sessionUpdate: 'agent_message_chunk', content: { type: 'text', text: 'OLD WORDS' } })
    await told({ sessionUpdate: 'tool_call', toolCallId: 'old', title: 'Old', status: 'completed' })
    return offers()
  })
  .onRequest(at.session.resume, async ({ params }) => {
    if (!existsSync(fileOf(params.sessionId))) throw RequestError.resourceNotFound(params.sessionId)
    metas.set(params.sessionId, params._meta)
    return offers()
  })
  .onRequest(at.session.setMode, async ({ params, client }) => {
    chosen.mode = params.modeId
    const content = { type: 'text', text: `[MODE_UPDATE] ${params.modeId}` }
    await client.notify('session/update', {
      sessionId: params.sessionId,
      update: { sessionUpdate: 'agent_message_chunk', content },
    })
    return {}
  })
  .onRequest(
    'session/set_model',
    (params) => params,
    async ({ params }) => choose(params.modelId),
  )
  .onRequest(at.session.setConfigOption, async ({ params }) => ({
    configOptions: [],
    ...choose(params.value),
  }))
  .onNotification(at.session.cancel, ({ params }) => canceled.get(params.sessionId)?.())
  .onRequest(at.session.prompt, async ({ params, client }) => {
    const { sessionId: id, prompt } = params
    const text = prompt.map((part) => part.text).join('')
    remember(id, [...heardIn(id), text])
    const word =
      Object.keys(acts).find((name) => name !== 'said' && text.toLowerCase().includes(name)) ?? 'said'
    const update = (told) => client.notify('session/update', { sessionId: id, update: told })
    const untilCanceled = new Promise((resolve) => canceled.set(id, resolve))
    const say = (text) => update({ sessionUpdate: 'agent_message_chunk', content: { type: 'text', text } })
    const ask = async (toolCall, options = choices) => {
      const { outcome } = await client.request('session/request_permission', {
        sessionId: id,
        toolCall,
        options,
      })
      return outcome.outcome === 'selected' ? outcome.optionId : outcome.outcome
    }
    const end = await acts[word]({ id, say, update, ask, client, untilCanceled })
    await update({
      sessionUpdate: 'usage_update',
      used: 10,
      size: 1000,
      cost: { amount: heardIn(id).length * 0.5, currency: 'USD' },
    })
    await pause()
    const usage = { inputTokens: 5, outputTokens: 3, cachedReadTokens: 2, totalTokens: 10 }
    return { stopReason: 'end_turn', usage, ...end }
  })

const choices = [
  { optionId: 'for-ever', name: 'Always', kind: 'allow_always' },
  { optionId: 'yes', name: 'Yes', kind: 'allow_once' },
  { optionId: 'no', name: 'No', kind: 'reject_once' },
]

function choose(model) {
  if (!['small', 'large'].includes(model))
    throw RequestError.invalidParams(undefined, `Unknown model ${model}`)
  chosen.model = model
  return {}
}

if (DEAF !== '') setInterval(() => {}, 1_000)
const connection = app.connect(ndJsonStream(Writable.toWeb(process.stdout), Readable.toWeb(process.stdin)))
void connection.closed.then(() => DEAF === '' && process.exit(0))
