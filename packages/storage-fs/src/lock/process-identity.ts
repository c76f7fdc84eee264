/**
 * Which process is it, and does it live? A pid alone does not say: it is used again, means another
 * process in another container, and survives no reboot. So an owner is known by all that is here.
 */
import { readFileSync, readlinkSync } from 'node:fs'
import { hostname } from 'node:os'
import { type Fields, numberOf, textOf } from '../disk/json-fields.ts'

/** What tells one process from every other. Members that a platform does not tell are left out. */
export interface ProcessIdentity {
  readonly pid: number
  readonly host: string
  /** Of the machine, across boots. */
  readonly machine?: string
  /** Of this boot of the machine. */
  readonly boot?: string
  readonly pidNamespace?: string
  /** In clock ticks since the boot. */
  readonly startTime?: string
}

/** The identity of this process. `host` stands in for the name of the machine. */
export function identifySelf(host: string = hostname()): ProcessIdentity {
  return {
    pid: process.pid,
    host,
    ...named('machine', readText('/etc/machine-id')),
    ...named('boot', readText('/proc/sys/kernel/random/boot_id')),
    ...named('pidNamespace', readNamespace()),
    ...named('startTime', readProcess(process.pid)?.startTime),
  }
}

/** The identity that a lock file holds, or `undefined` when it holds none. */
export function parseIdentity(fields: Fields): ProcessIdentity | undefined {
  const pid = numberOf(fields, 'pid')
  const host = textOf(fields, 'host')
  if (pid === undefined || !Number.isSafeInteger(pid) || pid <= 0 || host === undefined) return undefined
  return {
    pid,
    host,
    ...named('machine', textOf(fields, 'machine')),
    ...named('boot', textOf(fields, 'boot')),
    ...named('pidNamespace', textOf(fields, 'pid_namespace')),
    ...named('startTime', textOf(fields, 'start_time')),
  }
}

/** An identity as a lock file holds it. */
export function toIdentityFields(identity: ProcessIdentity): Fields {
  return {
    pid: identity.pid,
    host: identity.host,
    machine: identity.machine,
    boot: identity.boot,
    pid_namespace: identity.pidNamespace,
    start_time: identity.startTime,
  }
}

/** Whether a process lives; `undefined` when it cannot be known from here. */
export function isAlive(other: ProcessIdentity, self: ProcessIdentity): boolean | undefined {
  if (other.host !== self.host || differ(other.machine, self.machine)) return undefined
  // Another boot ended all its processes, if it was one of this machine and not of a namesake.
  if (differ(other.boot, self.boot)) return isSameMachine(other, self) ? false : undefined
  if (differ(other.pidNamespace, self.pidNamespace)) return undefined
  if (!exists(other.pid)) return false
  const found = readProcess(other.pid)
  if (found === undefined) return true
  return !found.ended && !differ(found.startTime, other.startTime)
}

function isSameMachine(a: ProcessIdentity, b: ProcessIdentity): boolean {
  return a.machine !== undefined && a.machine === b.machine
}

function differ(a: string | undefined, b: string | undefined): boolean {
  return a !== undefined && b !== undefined && a !== b
}

function exists(pid: number): boolean {
  try {
    return process.kill(pid, 0)
  } catch (thrown) {
    // EPERM: it lives and belongs to somebody else.
    return !(thrown instanceof Error && 'code' in thrown && thrown.code === 'ESRCH')
  }
}

/** State and start of a process from `/proc/<pid>/stat`, whose second field may hold blanks and brackets. */
function readProcess(pid: number): { readonly ended: boolean; readonly startTime?: string } | undefined {
  const stat = readText(`/proc/${pid}/stat`)
  if (stat === undefined) return undefined
  const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ')
  return { ended: fields[0] === 'Z' || fields[0] === 'X', ...named('startTime', fields[19]) }
}

function readNamespace(): string | undefined {
  try {
    return readlinkSync('/proc/self/ns/pid')
  } catch {
    return undefined
  }
}

function readText(path: string): string | undefined {
  try {
    return readFileSync(path, 'utf8').trim() || undefined
  } catch {
    return undefined
  }
}

function named<Name extends string>(name: Name, value: string | undefined): { [_ in Name]?: string } {
  // A computed key widens to an index signature; the only key is `name`.
  return value === undefined ? {} : ({ [name]: value } as { [_ in Name]?: string })
}
