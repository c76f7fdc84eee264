/** My job: the first words with an agent, within a time. */
import { EngineError, type JsonObject } from '@batonjs/core'
import type { Agent } from './agent.ts'

const PROTOCOL_VERSION = 1

/** What an agent is greeted with. */
export interface GreetingTerms {
  readonly command: string
  readonly timeoutMs: number
  readonly authMethod?: string | undefined
  readonly signal?: AbortSignal
}

/**
 * What the agent says of itself. It may use no file, terminal or question of ours, for it has its own.
 * Throws an EngineError `engine_unavailable` when it is silent or speaks another version.
 */
export async function greet(agent: Agent, terms: GreetingTerms): Promise<JsonObject> {
  const late = AbortSignal.timeout(terms.timeoutMs)
  const signal = terms.signal === undefined ? late : AbortSignal.any([terms.signal, late])
  const ask = (method: string, params: JsonObject): Promise<JsonObject> =>
    agent.request(method, params, signal).catch((thrown: unknown) => {
      throw late.aborted && thrown === late.reason ? tooSilent(terms) : thrown
    })
  const told = await ask('initialize', { protocolVersion: PROTOCOL_VERSION, clientCapabilities: {} })
  if (told.protocolVersion !== PROTOCOL_VERSION) throw otherVersion(terms, told)
  if (terms.authMethod !== undefined) await ask('authenticate', { methodId: terms.authMethod })
  return told
}

function tooSilent({ command, timeoutMs }: GreetingTerms): EngineError {
  const message = `"${command}" has not spoken the Agent Client Protocol within ${timeoutMs} ms`
  return new EngineError(message, { code: 'engine_unavailable' })
}

function otherVersion({ command }: GreetingTerms, { protocolVersion }: JsonObject): EngineError {
  const message = `"${command}" speaks version ${protocolVersion} of the Agent Client Protocol, not ${PROTOCOL_VERSION}`
  return new EngineError(message, { code: 'engine_unavailable' })
}
