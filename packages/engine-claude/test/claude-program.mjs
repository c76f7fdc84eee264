/**
 * Speaks as the `claude` program does over its pipes. What it does stands in the prompt: `[slow]`, `[propose]`, …;
 * without such a word it says how long the prompt is.
 */
import { spawn } from 'node:child_process'
import { createInterface } from 'node:readline'

const session_id = argument('--resume') ?? '11111111-2222-4333-8444-555555555555'
let waiting = () => {}

function argument(name) {
  return process.argv.find((word) => word.startsWith(`${name}=`))?.slice(name.length + 1)
}

function say(message) {
  process.stdout.write(`${JSON.stringify({ ...message, session_id })}\n`)
}

function stream(event) {
  say({ type: 'stream_event', event, parent_tool_use_id: null })
}

function answer(text, more = {}) {
  stream({ type: 'message_start', message: { id: 'msg', usage: { input_tokens: 3, output_tokens: 1 } } })
  stream({ type: 'content_block_delta', index: 0, delta: { type: 'text_delta', text } })
  say({
    type: 'assistant',
    message: { id: 'msg', content: [{ type: 'text', text }] },
    parent_tool_use_id: null,
  })
  const model_usage_since_last_result = { m: { inputTokens: 3, outputTokens: 5, costUSD: 0.25 } }
  say({
    type: 'result',
    subtype: 'success',
    is_error: false,
    result: text,
    model_usage_since_last_result,
    ...more,
  })
}

function fail(text, more) {
  say({ type: 'result', subtype: 'success', is_error: true, result: text, ...more })
}

/** Resolves with the answer to what is asked. */
function ask(id, tool_name, input, name = tool_name) {
  const content = [{ type: 'tool_use', id, name, input }]
  say({ type: 'assistant', message: { id: 'msg', content }, parent_tool_use_id: null })
  const request = { subtype: 'can_use_tool', tool_name, input, tool_use_id: id, decision_reason: 'It writes' }
  say({ type: 'control_request', request_id: `ask-${id}`, request })
  return new Promise((resolve) => {
    waiting = resolve
  })
}

function told(id, content, is_error = false) {
  const block = { type: 'tool_result', tool_use_id: id, content, is_error }
  say({ type: 'user', message: { content: [block] }, parent_tool_use_id: null })
}

const deeds = {
  async propose() {
    const decision = await ask('t1', 'Write', { file_path: 'a.txt', content: 'A' })
    const isAllowed = decision.behavior === 'allow'
    told('t1', isAllowed ? 'written' : decision.message, !isAllowed)
    answer(JSON.stringify(decision))
  },
  async delegate() {
    const decision = await ask('t1', 'Agent', { prompt: 'Do it.' }, 'Task')
    told('t1', 'done')
    answer(JSON.stringify(decision))
  },
  async question() {
    const options = [{ label: 'red', description: 'warm' }, { label: 'blue' }]
    const decision = await ask('t1', 'AskUserQuestion', {
      questions: [
        { question: 'Which?', options, multiSelect: false },
        { question: 'How?', options, multiSelect: true },
      ],
    })
    answer(JSON.stringify(decision.updatedInput?.answers ?? decision))
  },
  fail: () => fail('API Error: 529 overloaded', { api_error_status: 529 }),
  refuse: () =>
    say({
      type: 'system',
      subtype: 'api_retry',
      error: 'authentication_failed',
      error_status: 401,
      retry_delay_ms: 500,
    }),
  slow() {
    stream({ type: 'content_block_delta', index: 0, delta: { type: 'text_delta', text: 'Slowly' } })
  },
  deaf(tag) {
    for (const signal of ['SIGTERM', 'SIGINT', 'SIGHUP']) process.on(signal, () => {})
    setInterval(() => {}, 1_000)
    deeds.shell(tag)
  },
  shell(tag) {
    spawn('sleep', [tag], { detached: true, stdio: 'ignore' }).on('spawn', () => deeds.slow())
  },
  vanish() {
    process.stderr.write('something is wrong with the machine')
    process.exitCode = 3
    process.exit()
  },
  killed: () => process.kill(process.pid, 'SIGKILL'),
  noise() {
    process.stdout.write('Welcome!\n{"half": \n[1]\n"text"\n\n')
    answer('Behind the noise.')
  },
  stay() {
    setInterval(() => {}, 1_000)
    answer('I stay.')
  },
  long: () => answer('x'.repeat(5_000_000)),
  strange() {
    say({ type: 'control_request', request_id: 'odd', request: { subtype: 'from_the_future' } })
    return new Promise((resolve) => {
      waiting = resolve
    }).then((error) => answer(error))
  },
  tell: () =>
    answer(
      JSON.stringify({ arguments: process.argv.slice(2), env: process.env, folder: process.cwd(), first }),
    ),
}

const first = {}

function begin(prompt) {
  const [, deed, rest] = /\[(\w+) ?([^\]]*)\]/.exec(prompt) ?? []
  if (session_id.startsWith('forgotten')) {
    return say({
      type: 'result',
      subtype: 'error_during_execution',
      is_error: true,
      errors: [`No conversation found with session ID: ${session_id}`],
    })
  }
  say({ type: 'system', subtype: 'init', model: 'm', claude_code_version: '9.9.9' })
  const act = deeds[deed]
  return act === undefined ? answer(`You said ${prompt.length} characters.`) : act(rest)
}

function take(message) {
  if (message.type === 'user') begin(message.message.content)
  else if (message.type === 'control_response') waiting(message.response.response ?? message.response.error)
  else if (message.request?.subtype === 'initialize') Object.assign(first, message.request)
  else if (message.request?.subtype === 'interrupt') {
    say({
      type: 'result',
      subtype: 'error_during_execution',
      is_error: true,
      terminal_reason: 'aborted_streaming',
      errors: [],
    })
  }
}

if (process.argv.includes('--hang')) setInterval(() => {}, 1_000)
else if (process.argv.includes('--version')) console.log('9.9.9 (Claude Code)')
else createInterface({ input: process.stdin }).on('line', (line) => take(JSON.parse(line)))
