/** My job: a conversation over the pipes of the `claude` program. */
import { type RunningProcess, startProcess } from '@batonjs/child-process'
import { engineFailure, type JsonObject, type StepFailure } from '@batonjs/core'
import type { ClaudeEngineOptions } from './claude-options.ts'
import { argumentsOf } from './cli-arguments.ts'
import { initialize, interrupt, takeRequest, userMessage } from './control.ts'
import type { Conversation, Incoming, Order } from './conversation.ts'
import { isObject } from './fields.ts'
import { writeMcpConfig } from './mcp-config.ts'

/** What to do when the program is not there. */
export const INSTALL_CLI = 'Install it with: npm install -g @anthropic-ai/claude-code'

/** The program and its first arguments. */
export function commandOf({ command = 'claude' }: ClaudeEngineOptions): readonly [string, ...string[]] {
  const [program = 'claude', ...args] = typeof command === 'string' ? [command] : command
  return [program, ...args]
}

/** Starts Claude and says what the order is. */
export async function openCli(
  options: ClaudeEngineOptions,
  order: Order,
  env: Readonly<Record<string, string>>,
): Promise<Conversation> {
  const config = await writeMcpConfig(options.mcpServers)
  const [command, ...first] = commandOf(options)
  const running = await startProcess({
    command,
    args: [...first, ...argumentsOf(options, order, config.path)],
    ...(order.folder === undefined ? {} : { cwd: order.folder }),
    env,
    mark: order.mark,
    sweep: order.sweep,
    install: INSTALL_CLI,
  }).catch(async (thrown: unknown) => {
    await config.remove()
    throw thrown
  })
  send(running, initialize(options, order))
  send(running, userMessage(order.prompt))
  return toConversation(running, order, config.remove)
}

/** A line that Claude does not read any more is of no use to it. */
function send(running: RunningProcess, message: JsonObject): void {
  void running.write(`${JSON.stringify(message)}\n`)
}

function toConversation(running: RunningProcess, order: Order, clean: () => Promise<void>): Conversation {
  const lines = running.lines[Symbol.asyncIterator]()
  return {
    incoming: readIncoming(lines, running, order),
    finish: () => running.closeInput(),
    departure: () => departureOf(running),
    async end() {
      // A program that nobody reads cannot end in order.
      void drain(lines)
      await running.end({
        ask() {
          send(running, interrupt())
          running.closeInput()
        },
      })
      await clean()
    },
  }
}

async function* readIncoming(
  lines: AsyncIterator<string>,
  running: RunningProcess,
  order: Order,
): AsyncGenerator<Incoming, void, void> {
  for (;;) {
    const { value: line, done } = await lines.next()
    if (done === true) return
    const message = parseLine(line)
    if (message === undefined) continue
    if (message.type === 'control_request') {
      const request = takeRequest(message, order, (answer) => send(running, answer))
      if (request !== undefined) yield { kind: 'permission', request }
    } else {
      yield { kind: 'message', message }
    }
  }
}

/** Claude's messages are objects; what else a program prints is not for us. */
function parseLine(line: string): JsonObject | undefined {
  try {
    const value: unknown = JSON.parse(line)
    return isObject(value) ? value : undefined
  } catch {
    return undefined
  }
}

async function drain(lines: AsyncIterator<string>): Promise<void> {
  try {
    while ((await lines.next()).done !== true);
  } catch {
    // A line that is too long: it is of no matter any more.
  }
}

async function departureOf(running: RunningProcess): Promise<StepFailure> {
  // It may have closed its output and go on.
  await running.end()
  const { code, signal, stderr } = await running.exit
  const how = signal === null ? `exited with code ${code}` : `was ended by ${signal}`
  const words = stderr.trim().slice(-1_000)
  const message = `Claude ${how} before it had answered${words === '' ? '' : `: ${words}`}`
  return engineFailure('engine_unavailable', message, { retryable: signal !== null })
}
