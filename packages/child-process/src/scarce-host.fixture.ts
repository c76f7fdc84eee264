/** Starts a program where the system has nothing left, and prints what that fails with. Argument: of what. */
import { execFileSync } from 'node:child_process'
import { openSync } from 'node:fs'
import { startProcess } from './start-process.ts'

function useUpFiles(): void {
  for (;;) {
    try {
      openSync('/dev/null', 'r')
    } catch {
      return
    }
  }
}

/** The limit counts all of the user's processes: of one that has none but this there is nothing left. */
function useUpProcesses(): void {
  process.setuid?.(60_000 + (process.pid % 5_000))
}

const [what] = process.argv.slice(2)
const limit = what === 'files' ? '--nofile=256:256' : '--nproc=1:1'
execFileSync('prlimit', [`--pid=${process.pid}`, limit])
if (what === 'files') useUpFiles()
else useUpProcesses()
await startProcess({ command: '/bin/true', env: {} }).then(
  () => console.log('started'),
  ({ code, retryable, details }) => console.log(JSON.stringify({ code, retryable, details })),
)
