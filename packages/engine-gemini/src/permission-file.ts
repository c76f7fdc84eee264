/** My job: the host's permissions, told to Gemini beforehand, for headless it cannot ask. */
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { EngineError, type PermissionLists } from '@batonjs/core'

/** A policy file of Gemini's. */
export interface PermissionFile {
  readonly path: string
  remove(): Promise<void>
}

/** Writes the file, or nothing when the lists are empty. To be removed when the run is over. */
export async function writePermissions(lists: PermissionLists): Promise<PermissionFile | undefined> {
  const rules = toRules(lists)
  if (rules === '') return undefined
  const folder = await mkdtemp(join(tmpdir(), 'baton-gemini-'))
  const path = join(folder, 'permissions.toml')
  await writeFile(path, rules, { mode: 0o600 })
  return { path, remove: () => rm(folder, { recursive: true, force: true }) }
}

/**
 * The rules of Gemini's policy engine. What is denied comes first. A pattern that Gemini does not know is left out of what
 * is allowed; among what is denied it is an EngineError `invalid_request`, for nothing would hold it back.
 */
export function toRules({ allow, deny }: Pick<PermissionLists, 'allow' | 'deny'>): string {
  const strange = deny.find((name) => !isKnown(name))
  if (strange !== undefined) throw notDenied(strange)
  const denied = deny.map((name) => rule(name, 'deny', 999))
  return [...denied, ...allow.filter(isKnown).map((name) => rule(name, 'allow', 900))].join('\n')
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
