/** My job: the part of the Claude Agent SDK that is used, so that its types are needed by nobody. */
import { EngineError } from '@batonjs/core'

/** What is used of the module `@anthropic-ai/claude-agent-sdk`. */
export interface ClaudeSdk {
  /** Starts a conversation. */
  query(params: { readonly prompt: AsyncIterable<never>; readonly options?: object }): ClaudeQuery
}

/** A conversation of the SDK: its messages, and a way to interrupt it. */
export interface ClaudeQuery extends AsyncIterable<unknown> {
  /** Asks Claude to stop what it is doing. */
  interrupt(): Promise<unknown>
  /** Ends the conversation and its process. */
  close?(): void
}

const PACKAGE = '@anthropic-ai/claude-agent-sdk'

/** What to do when the SDK is not there. */
export const INSTALL_SDK = `Install it with: npm install ${PACKAGE}`

/** The module that was given, or the one that is installed. Rejects with `engine_unavailable` without either. */
export async function loadSdk(given: ClaudeSdk | undefined): Promise<ClaudeSdk> {
  if (given !== undefined) return given
  try {
    // The name in a variable: the package is a peer that is not there when this is compiled.
    const name: string = PACKAGE
    return await import(name)
  } catch (cause) {
    throw new EngineError(`"${PACKAGE}" is not installed. ${INSTALL_SDK}`, {
      code: 'engine_unavailable',
      cause,
    })
  }
}
