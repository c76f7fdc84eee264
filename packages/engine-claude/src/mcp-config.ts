import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { toStartFailure } from '@batonjs/child-process'

/** A file with MCP servers, or none. */
export interface McpConfig {
  readonly path?: string
  /** Deletes it. */
  remove(): Promise<void>
}

/** Writes the servers to a file that only this user can read: their headers are secrets, and arguments are no place for those. Rejects with `engine_unavailable`. */
export async function writeMcpConfig(
  mcpServers: Readonly<Record<string, object>> | undefined,
): Promise<McpConfig> {
  if (mcpServers === undefined || Object.keys(mcpServers).length === 0) return { remove: async () => {} }
  const folder = await mkdtemp(join(tmpdir(), 'baton-mcp-')).catch(fail)
  const path = join(folder, 'mcp.json')
  const remove = (): Promise<void> => rm(folder, { recursive: true, force: true })
  try {
    await writeFile(path, JSON.stringify({ mcpServers }), { mode: 0o600 })
  } catch (thrown) {
    await remove()
    return fail(thrown)
  }
  return { path, remove }
}

function fail(cause: unknown): never {
  throw toStartFailure(cause, 'The file with the MCP servers could not be written')
}
