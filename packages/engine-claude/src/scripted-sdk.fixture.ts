/** An SDK without a program behind it: does what stands in the prompt, as `test/claude-program.mjs` does. */
import type { ClaudeSdk } from './claude-sdk.ts'
import { objectIn, textIn } from './fields.ts'

/** What the engine has told it. */
export interface SdkUse {
  readonly options: SdkOptions
  readonly prompt: string
  isClosed: boolean
  isAborted: boolean
}

/** What is looked at of the options. */
export interface SdkOptions {
  readonly [name: string]: unknown
  readonly abortController: AbortController
  readonly canUseTool: (tool: string, input: object, about: object) => Promise<unknown>
}

type Speak = (use: SdkUse, interrupted: Promise<void>) => AsyncGenerator<object, void, void>

/** Makes one that remembers how it was used. */
export function createScriptedSdk(): ClaudeSdk & { readonly uses: readonly SdkUse[] } {
  const uses: SdkUse[] = []
  return {
    uses,
    query({ prompt, options }) {
      let interrupt = (): void => {}
      const interrupted = new Promise<void>((resolve) => {
        interrupt = resolve
      })
      // What the engine hands over.
      const messages = follow(prompt as AsyncIterable<object>, options as SdkOptions, { uses, interrupted })
      return {
        [Symbol.asyncIterator]: () => messages,
        interrupt: async () => interrupt(),
      }
    },
  }
}

interface Following {
  readonly uses: SdkUse[]
  readonly interrupted: Promise<void>
}

async function* follow(
  prompt: AsyncIterable<object>,
  options: SdkOptions,
  { uses, interrupted }: Following,
): AsyncGenerator<object, void, void> {
  const said = prompt[Symbol.asyncIterator]()
  const { value } = await said.next()
  const use: SdkUse = {
    options,
    prompt: textIn(objectIn(value, 'message'), 'content') ?? '',
    isClosed: false,
    isAborted: false,
  }
  uses.push(use)
  options.abortController.signal.addEventListener('abort', () => {
    use.isAborted = true
  })
  yield { type: 'system', subtype: 'init', session_id: 's-1', model: 'm', claude_code_version: '9.9.9' }
  const [, deed = ''] = /\[(\w+)\]/.exec(use.prompt) ?? []
  if (deed === 'silent') return
  yield* (deeds[deed] ?? echo)(use, interrupted)
  // As the real one: it ends when nothing more is said.
  await said.next()
  use.isClosed = true
}

const success = { type: 'result', subtype: 'success', is_error: false, session_id: 's-1' }

async function* echo({ prompt }: SdkUse): AsyncGenerator<object, void, void> {
  const result = `You said ${prompt.length} characters.`
  yield {
    type: 'assistant',
    message: { content: [{ type: 'text', text: result }] },
    parent_tool_use_id: null,
  }
  yield { ...success, result }
}

const deeds: Readonly<Record<string, Speak>> = {
  async *fail() {
    const result = 'API Error: 529 overloaded'
    yield { ...success, is_error: true, api_error_status: 529, result }
    throw new Error(`Claude Code returned an error result: ${result}`)
  },
  async *slow(_, interrupted) {
    const delta = { type: 'text_delta', text: 'Slowly' }
    yield { type: 'stream_event', event: { type: 'content_block_delta', delta }, parent_tool_use_id: null }
    await interrupted
    yield {
      ...success,
      subtype: 'error_during_execution',
      is_error: true,
      terminal_reason: 'aborted_streaming',
    }
    throw new Error('Claude Code returned an error result')
  },
  async *propose({ options }) {
    const input = { file_path: 'a.txt', content: 'A' }
    const block = { type: 'tool_use', id: 't1', name: 'Write', input }
    yield { type: 'assistant', message: { content: [block] }, parent_tool_use_id: null }
    const about = { toolUseID: 't1', decisionReason: 'It writes' }
    const decision = await options.canUseTool('Write', input, about)
    const content = [{ type: 'tool_result', tool_use_id: 't1', content: 'written' }]
    yield { type: 'user', message: { content }, parent_tool_use_id: null }
    yield { ...success, result: JSON.stringify(decision) }
  },
  async *vanish() {
    yield { type: 'system', subtype: 'status' }
    throw new Error('Claude Code process exited with code 3')
  },
}
