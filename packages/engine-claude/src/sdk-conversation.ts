/** My job: a conversation that the Claude Agent SDK carries. */
import { setTimeout as pause } from 'node:timers/promises'
import { checkFolder, markProcesses, type ProcessMark } from '@batonjs/child-process'
import { engineFailure, toPlainError } from '@batonjs/core'
import type { ClaudeEngineOptions } from './claude-options.ts'
import { type ClaudeQuery, loadSdk } from './claude-sdk.ts'
import type { Conversation, Incoming, Order } from './conversation.ts'
import { isObject } from './fields.ts'
import { createInbox } from './inbox.ts'
import { askThrough, sdkOptionsOf } from './sdk-options.ts'
import { createSdkPrompt, type SdkPrompt } from './sdk-prompt.ts'

/** How long the SDK is given for each step of an orderly end. */
const PATIENCE_MS = 1_200

/** Starts the SDK and says what the order is. */
export async function openSdk(
  options: ClaudeEngineOptions,
  order: Order,
  env: Readonly<Record<string, string>>,
): Promise<Conversation> {
  const sdk = await loadSdk(options.sdk)
  // The SDK would say that its program failed to launch.
  await checkFolder(order.folder)
  const mark = await markProcesses(order)
  const controller = new AbortController()
  const prompt = createSdkPrompt(order.prompt)
  let ask = (_: Incoming): void => {}
  const query = sdk.query({
    prompt: prompt.messages,
    options: {
      ...sdkOptionsOf(options, order),
      env: { ...env, ...mark.environment },
      abortController: controller,
      canUseTool: askThrough((incoming) => ask(incoming)),
    },
  })
  const talk = followQuery(query)
  const inbox = createInbox(talk.messages)
  ask = inbox.push
  return { incoming: inbox, ...endsOf({ query, talk, prompt, mark, controller }) }
}

/** What the SDK says, and how that ended. */
interface Talk {
  readonly messages: AsyncIterable<Incoming>
  /** What it has thrown in the end. */
  thrown: unknown
  hasEnded: boolean
}

function followQuery(query: ClaudeQuery): Talk {
  const talk: Talk = { thrown: undefined, hasEnded: false, messages: read() }
  async function* read(): AsyncGenerator<Incoming, void, void> {
    try {
      for await (const message of query) if (isObject(message)) yield { kind: 'message', message }
    } catch (thrown) {
      // After a result that is an error it throws that once more; without a result this is the reason.
      talk.thrown = thrown
    }
    talk.hasEnded = true
  }
  return talk
}

/** What a conversation of the SDK is made of. */
interface Carried {
  readonly query: ClaudeQuery
  readonly talk: Talk
  readonly prompt: SdkPrompt
  readonly mark: ProcessMark
  readonly controller: AbortController
}

function endsOf(carried: Carried): Pick<Conversation, 'finish' | 'departure' | 'end'> {
  const { query, talk, prompt, mark, controller } = carried
  return {
    finish: prompt.close,
    async departure() {
      const words = talk.thrown === undefined ? '' : `: ${toPlainError(talk.thrown).message}`
      return engineFailure('engine_unavailable', `Claude ended before it had answered${words}`)
    },
    async end() {
      if (!talk.hasEnded) await within(query.interrupt())
      prompt.close()
      if (!talk.hasEnded) await within(drain(talk))
      controller.abort()
      query.close?.()
      await mark.end()
    },
  }
}

async function drain({ messages }: Talk): Promise<void> {
  for await (const _ of messages);
}

/** Waits for something, but not for ever, and whatever becomes of it. */
async function within(work: Promise<unknown>): Promise<void> {
  const timer = new AbortController()
  const patience = pause(PATIENCE_MS, undefined, { signal: timer.signal })
  await Promise.race([work, patience]).catch(() => {})
  timer.abort()
  await patience.catch(() => {})
}
