/** My job: one agent, from its start to the end of everything that it started. */
import { type RunningProcess, startProcess } from '@batonjs/child-process'
import { EngineError, type JsonObject, type JsonValue } from '@batonjs/core'
import type { AcpConnection, AcpSdk, AcpStream } from './acp-sdk.ts'
import { fieldsOf } from './fields.ts'
import { CANCELLED } from './permission.ts'
import { toRefusal } from './refusal.ts'
import { openWire } from './wire.ts'

/** What an agent says without being asked. */
export type AgentMessage =
  | { readonly kind: 'update'; readonly params: JsonObject }
  | { readonly kind: 'permission'; readonly params: JsonObject; reply(answer: JsonObject): void }

/** How an agent is started. */
export interface AgentLaunch {
  readonly command: string
  readonly args: readonly string[]
  readonly cwd: string
  readonly env: Readonly<Record<string, string>>
  readonly install?: string
  /** Identifies the work, see {@link startProcess}. */
  readonly mark?: string
  readonly sweep?: boolean
  /** Whether it exits when its stdin is closed. */
  readonly endsWithInput: boolean
}

/** An agent that runs. */
export interface Agent {
  /**
   * Asks the agent and waits for its answer, at most until the signal. Throws an EngineError: a refusal (`isRefusal`)
   * when the agent answers with an error, `engine_unavailable` when it is gone.
   */
  request(method: string, params: JsonObject, signal?: AbortSignal): Promise<JsonObject>
  /** Ends it with all that it started; with a session in which something still goes on, that is cancelled first. */
  end(goingOn?: string): Promise<void>
}

/** How long an agent that is not known to exit by itself is given to. */
const SHORT_MS = 50

/** Starts an agent. Throws an EngineError `engine_unavailable` when that cannot be. */
export async function startAgent(
  launch: AgentLaunch,
  { client }: AcpSdk,
  onMessage: (message: AgentMessage) => void,
): Promise<Agent> {
  const process = await startProcess(launch)
  const open = new Set<(answer: JsonObject) => void>()
  const askHost = (params: unknown): Promise<JsonObject> =>
    new Promise((resolve) => {
      const reply = (answer: JsonObject): void => {
        open.delete(reply)
        resolve(answer)
      }
      open.add(reply)
      onMessage({ kind: 'permission', params: fieldsOf(asJson(params)), reply })
    })
  const stream = openWire(process, (params) => onMessage({ kind: 'update', params }))
  const connection = await connect(client, stream, askHost).catch(async (thrown: unknown) => {
    await process.end()
    throw thrown
  })
  let working: Promise<unknown> = Promise.resolve()
  return {
    request(method, params, signal) {
      const answer = ask({ connection, process, command: launch.command }, method, params)
      working = answer
      return signal === undefined ? answer : orAborted(answer, signal)
    },
    async end(goingOn) {
      const cancel = async (): Promise<void> => {
        await connection.agent.notify('session/cancel', { sessionId: goingOn })
        for (const reply of open) reply(CANCELLED)
        await working.catch(() => {})
      }
      const ask = async (): Promise<void> => {
        if (goingOn !== undefined) await cancel()
        process.closeInput()
      }
      const isBrief = goingOn === undefined && !launch.endsWithInput
      await process.end({ ask, ...(isBrief ? { askMs: SHORT_MS } : {}) })
      connection.close()
    },
  }
}

/** An SDK of another version throws. */
async function connect(
  client: AcpSdk['client'],
  stream: AcpStream,
  askHost: (params: unknown) => Promise<JsonObject>,
): Promise<AcpConnection> {
  const app = client({ name: 'baton' }).onRequest(
    'session/request_permission',
    (params) => params,
    ({ params }) => askHost(params),
  )
  return app.connect(stream)
}

interface Line {
  readonly connection: AcpConnection
  readonly process: RunningProcess
  readonly command: string
}

async function ask({ connection, process, command }: Line, method: string, params: JsonObject) {
  try {
    return fieldsOf(asJson(await connection.agent.request(method, params)))
  } catch (thrown) {
    throw toRefusal(thrown) ?? (EngineError.is(thrown) ? thrown : await toLoss(process, command, thrown))
  }
}

/** How long an agent that says no more has to exit, so that its last words can be told. */
const LAST_WORDS_MS = 500

async function toLoss(process: RunningProcess, command: string, cause: unknown): Promise<EngineError> {
  const exit = await Promise.race([process.exit, later(LAST_WORDS_MS)])
  const how = exit === undefined ? 'closed its output' : `exited with ${exit.signal ?? exit.code}`
  const words = lastLines(exit?.stderr ?? '')
  return new EngineError(`The agent "${command}" ${how} in the middle of the call${words}`, {
    code: 'engine_unavailable',
    retryable: true,
    cause,
  })
}

function lastLines(stderr: string): string {
  const lines = stderr.split('\n').filter((line) => line.trim() !== '')
  return lines.length === 0 ? '' : `: ${lines.slice(-5).join('\n').slice(-1_000)}`
}

function later(milliseconds: number): Promise<undefined> {
  return new Promise((resolve) => setTimeout(() => resolve(undefined), milliseconds).unref())
}

/** What the promise gives, unless the signal is aborted before: then it rejects with its reason. */
function orAborted<Value>(promise: Promise<Value>, signal: AbortSignal): Promise<Value> {
  return new Promise((resolve, reject) => {
    const abort = (): void => reject(signal.reason)
    if (signal.aborted) abort()
    signal.addEventListener('abort', abort, { once: true })
    promise.then(resolve, reject).finally(() => signal.removeEventListener('abort', abort))
  })
}

/** It was read from a line of JSON. */
function asJson(value: unknown): JsonValue {
  return value as JsonValue // By the caller's word.
}
