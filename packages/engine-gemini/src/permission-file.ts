/** My job: the host's permissions, told to Gemini beforehand: what it does not ask for is else never looked at. */
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { EngineError, type PermissionLists } from '@batonjs/core'
import { toWriteFailure } from './write-failure.ts'

/** A policy file of Gemini's. */
export interface PermissionFile {
  readonly path: string
  remove(): Promise<void>
}

/** Writes the rules, or nothing when there are none. To be removed when the run is over. */
export async function writePermissions(rules: string): Promise<PermissionFile | undefined> {
  if (rules === '') return undefined
  try {
    const folder = await mkdtemp(join(tmpdir(), 'baton-gemini-'))
    const path = join(folder, 'permissions.toml')
    await writeFile(path, rules, { mode: 0o600 })
    return { path, remove: () => rm(folder, { recursive: true, force: true }) }
  } catch (cause) {
    throw toWriteFailure(`The permissions cannot be written to "${tmpdir()}"`, cause)
  }
}

/** Gemini's order: what the host denies, then what it allows, then what becomes of everything else. */
const DENIED = 999
const ALLOWED = 900
const REST = 850

/**
 * The rules for a Gemini that cannot ask. A pattern that Gemini does not know is left out of what is allowed; among what
 * is denied it is an EngineError `invalid_request`, for nothing would hold it back.
 */
export function toRules({ allow, deny, otherwise }: PermissionLists): string {
  const strange = deny.find((name) => !isKnown(name))
  if (strange !== undefined) throw notDenied(strange)
  const allowed = allow.filter(isKnown).map((name) => rule(name, 'allow', ALLOWED))
  const rest = otherwise === 'deny' ? [rule('*', 'deny', REST)] : []
  return [toDenials({ deny }), ...allowed, ...rest].filter((text) => text !== '').join('\n')
}

/** The rules for a Gemini that asks: what is denied, also where it would not ask. Other patterns hold when it does. */
export function toDenials({ deny }: Pick<PermissionLists, 'deny'>): string {
  return deny
    .filter(isKnown)
    .map((name) => rule(name, 'deny', DENIED))
    .join('\n')
}

/** A name, everything, or the tools of MCP servers: other patterns match nothing in Gemini. */
function isKnown(name: string): boolean {
  return !name.includes('*') || name === '*' || /^mcp_[^*]*\*$/.test(name)
}

function rule(toolName: string, decision: 'allow' | 'deny', priority: number): string {
  // A text of JSON is one of TOML.
  return `[[rule]]\ntoolName = ${JSON.stringify(toolName)}\ndecision = "${decision}"\npriority = ${priority}\n`
}

function notDenied(name: string): EngineError {
  const message = `Gemini cannot be told to deny "${name}" beforehand: name the tools one by one, or use mode "acp", which asks`
  return new EngineError(message, { code: 'invalid_request' })
}
