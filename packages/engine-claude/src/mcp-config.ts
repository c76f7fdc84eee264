import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

/** A file with MCP servers, or none. */
export interface McpConfig {
  readonly path?: string
  /** Deletes it. */
  remove(): Promise<void>
}

/** Writes the servers to a file that only this user can read: their headers are secrets, and arguments are no place for those. */
export async function writeMcpConfig(
  mcpServers: Readonly<Record<string, object>> | undefined,
): Promise<McpConfig> {
  if (mcpServers === undefined || Object.keys(mcpServers).length === 0) return { remove: async () => {} }
  const folder = await mkdtemp(join(tmpdir(), 'baton-mcp-'))
  const path = join(folder, 'mcp.json')
  await writeFile(path, JSON.stringify({ mcpServers }), { mode: 0o600 })
  return { path, remove: () => rm(folder, { recursive: true, force: true }) }
}
