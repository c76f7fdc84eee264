/**
 * My job: nothing outlives a Baton process that dies without a word. A shell in its own session waits for the end
 * of a pipe that only this process holds: it costs a megabyte while it waits, and becomes a Node program only when
 * there is something to do. The program is a text, so that it runs from source, from a build and from a bundle alike.
 */
import { type ChildProcess, spawn } from 'node:child_process'
import type { Writable } from 'node:stream'
import { MARK_VARIABLE } from './process-table.ts'

/** Waits for the end of stdin, then kills what carries the owner's name, what that has started, and sessions of programs. */
const PROGRAM = `
const { execFileSync } = require('node:child_process')
const { readdirSync, readFileSync } = require('node:fs')
const owner = process.argv[1]
const leaders = new Set(process.argv.slice(2).map(Number))
const read = (path) => { try { return readFileSync(path, 'latin1') } catch { return '' } }
const fromProc = (pid) => {
  const stat = read('/proc/' + pid + '/stat')
  const [state, parent, , session] = stat.slice(stat.lastIndexOf(')') + 2).split(' ')
  const environment = '\\0' + read('/proc/' + pid + '/environ')
  const marks = environment.split('\\0${MARK_VARIABLE}=')[1]?.split('\\0')[0] ?? ''
  return { pid: Number(pid), parent: Number(parent), session: Number(session), runs: stat !== '' && state !== 'Z', own: marks.includes(owner) }
}
const fromPs = (line) => {
  const [, pid, parent, group, state, rest] = /^\\s*(\\d+)\\s+(\\d+)\\s+(\\d+)\\s+(\\S+)(.*)$/.exec(line) ?? []
  const own = rest?.split(' ${MARK_VARIABLE}=')[1]?.split(' ')[0].includes(owner)
  return { pid: Number(pid), parent: Number(parent), session: Number(group), runs: pid !== undefined && state[0] !== 'Z', own }
}
const list = () => process.platform === 'linux'
  ? readdirSync('/proc').filter((name) => /^\\d+$/.test(name)).map(fromProc)
  : execFileSync('ps', ['-axEww', '-o', 'pid=,ppid=,pgid=,stat=,command='], { maxBuffer: 2 ** 28 }).toString().split('\\n').map(fromPs)
let quiet = 0
const reap = () => {
  const all = list().filter((entry) => entry.runs && entry.pid !== process.pid)
  const found = new Set(all.filter((entry) => entry.own || leaders.has(entry.session)))
  for (const { pid } of found) for (const next of all) if (next.parent === pid || next.session === pid) found.add(next)
  for (const { pid } of found) try { process.kill(pid, 'SIGKILL') } catch {}
  quiet = found.size === 0 ? quiet + 1 : 0
  // One that is just being replaced by another program shows no environment for a moment.
  if (quiet < 3 && process.uptime() < 30) setTimeout(reap, 50)
}
process.stdin.on('end', reap).on('error', reap).resume()
`

/**
 * Keeps the programs that run, by their process groups, kills those at once when its stdin ends, and leaves the rest to
 * the program above. Signals that end a group of processes are for the Baton process, not for the one that cleans up
 * behind it.
 */
export const WAIT = `
trap "" HUP INT TERM
running=" "
while read -r sign pid; do
  case $sign in
    +) running="$running$pid " ;;
    -) case $running in *" $pid "*) running="\${running%% $pid *} \${running#* $pid }" ;; esac ;;
  esac
done
for pid in $running; do kill -9 "-$pid" 2>/dev/null; done
exec "$1" -e "$BATON_REAPER" "$2" $running
`

let reaper: ChildProcess | undefined
/** Those that run: a reaper that takes the place of another one has to be told. */
const programs = new Set<number>()

/** Has everything killed that carries the owner's name when this process is gone. Waits for nothing. */
export function watchOwner(owner: string, shell = '/bin/sh'): void {
  if (reaper !== undefined || process.platform === 'win32') return
  const node = process.execPath
  try {
    start(shell, ['-c', WAIT, 'baton-reaper', node, owner], () => start(node, ['-e', PROGRAM, owner]))
  } catch {
    // No memory is left: then nothing else can be started either, and who tries is told.
  }
}

/** Tells of a program that it runs, as the leader of a group, and later that it has exited. */
export function tellReaper(sign: '+' | '-', pid: number): void {
  if (sign === '+') programs.add(pid)
  else programs.delete(pid)
  write(sign, pid)
}

function write(sign: '+' | '-', pid: number): void {
  reaper?.stdin?.write(`${sign} ${pid}\n`)
}

function start(command: string, args: readonly string[], onFailure?: () => void): void {
  const child = spawn(command, args, {
    detached: true,
    stdio: ['pipe', 'ignore', 'ignore'],
    cwd: '/',
    // An Electron app is Node by this only.
    env: { BATON_REAPER: PROGRAM, ELECTRON_RUN_AS_NODE: '1', PATH: process.env.PATH ?? '' },
  })
  reaper = child
  child.once('error', () => {
    reaper = undefined
    onFailure?.()
  })
  child.once('exit', () => {
    if (reaper === child) reaper = undefined
  })
  child.unref()
  letGo(child.stdin)
  for (const pid of programs) write('+', pid)
}

/** A pipe must not keep this process up. When nothing could be started there is none, whatever the types say. */
function letGo(pipe: Writable | undefined): void {
  pipe?.on('error', () => {})
  // The types hide that the pipe to a child is a socket.
  if (pipe !== undefined && 'unref' in pipe && typeof pipe.unref === 'function') pipe.unref()
}
