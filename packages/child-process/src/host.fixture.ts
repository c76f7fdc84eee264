/**
 * A Baton process for tests to kill: starts a shell that has a sleeper as a child, one in a session of its own, one in
 * that session without an environment or a parent, and one whose parent is gone, prints the pid of the shell, and lives on.
 *
 * Arguments: tag, mark, a shell for the reaper, and its Node.
 */
import { randomBytes } from 'node:crypto'
import { owner } from './process-mark.ts'
import { watchOwner } from './reaper.ts'
import { nextLine, startShell } from './running.fixture.ts'

const [tag = '', mark = randomBytes(8).toString('hex'), shell, node] = process.argv.slice(2)
if (node !== undefined) process.execPath = node
if (shell !== undefined) watchOwner(owner, shell)
const tool = `setsid sh -c '(env -i sleep ${tag} &); exec sleep ${tag}'`
const sleepers = `sleep ${tag} & ${tool} & (setsid sleep ${tag} &)`
const running = await startShell(`${sleepers}; echo ready; read -r line; wait`, { mark })
await nextLine(running)
console.log(running.pid)
await running.exit
