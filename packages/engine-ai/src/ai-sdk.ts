import { EngineError } from '@batonjs/core'
import type * as ai from 'ai'

/** What is used of the `ai` SDK. */
export type AiSdk = Pick<typeof ai, 'streamText' | 'jsonSchema' | 'Output'>

const INSTALL = 'Install the ai SDK, "npm install ai@6", or hand it to createAiEngine as { ai }.'

/** Loads the SDK when it is first needed. Throws `engine_unavailable` when it is not installed. */
export async function loadAiSdk(): Promise<AiSdk> {
  try {
    return await import('ai')
  } catch (cause) {
    throw new EngineError(`The package "ai" cannot be loaded. ${INSTALL}`, {
      code: 'engine_unavailable',
      cause,
    })
  }
}

/** The version of the installed SDK, where it can be told without an import. */
export function aiSdkVersion(): string | undefined {
  try {
    const { version } = process.getBuiltinModule('module').createRequire(import.meta.url)('ai/package.json')
    return typeof version === 'string' ? version : undefined
  } catch {
    return undefined
  }
}
