/**
 * Starts or ends a program where the system has nothing left, and prints what becomes of that. Arguments: of what there
 * is nothing left, and what is done: `start`, `again` for a later attempt, or `end` with a tag for its sleepers.
 */
import { execFileSync } from 'node:child_process'
import { closeSync, openSync } from 'node:fs'
import { nextLine, startShell } from './running.fixture.ts'
import { startProcess } from './start-process.ts'

const held: number[] = []

function useUpFiles(): void {
  for (;;) {
    try {
      held.push(openSync('/dev/null', 'r'))
    } catch {
      return
    }
  }
}

/** The limit counts all of the user's processes: of one that has none but this there is nothing left. */
function useUpProcesses(): void {
  process.setuid?.(60_000 + (process.pid % 5_000))
}

const [what, deed = 'start', tag = ''] = process.argv.slice(2)

function useUp(): void {
  const limit = what === 'files' ? '--nofile=256:256' : '--nproc=1:1'
  execFileSync('prlimit', [`--pid=${process.pid}`, limit])
  if (what === 'files') useUpFiles()
  else useUpProcesses()
}

async function start(): Promise<unknown> {
  useUp()
  const again = deed === 'again' ? { mark: 'work' } : {}
  return startProcess({ command: '/bin/true', env: {}, ...again }).then(
    () => 'started',
    ({ code, retryable, details }) => ({ code, retryable, details }),
  )
}

async function end(): Promise<unknown> {
  const running = await startShell(
    `sleep ${tag} & setsid sleep ${tag} & trap "" TERM; echo ready; wait; sleep 300`,
  )
  await nextLine(running)
  useUp()
  // Others take what is given back: nothing can be looked at.
  const taking = setInterval(useUpFiles, 1)
  const ended = running.end({ signalMs: 50 })
  running.exit.finally(() => clearInterval(taking))
  const left = await ended
  for (const file of held) closeSync(file)
  return left
}

console.log(JSON.stringify(await (deed === 'end' ? end() : start())))
