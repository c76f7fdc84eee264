/** What kind of file system a folder of runs lies on: most is needed of it at opening, so it is asked first. */
import { existsSync, linkSync, rmSync, statfsSync } from 'node:fs'
import { basename, dirname, join } from 'node:path'
import { platform } from 'node:process'
import { StorageError, type StorageNotice } from '@batonjs/core'
import { errnoOf } from './failure.ts'
import { toTempPath } from './temp-name.ts'
import { createFile } from './whole-file.ts'

/** Numbers by which Linux tells file systems that several machines share. */
const NETWORK_TYPES: ReadonlyMap<number, string> = new Map([
  [0x6969, 'NFS'],
  [0x517b, 'SMB'],
  [0xfe534d42, 'SMB2'],
  [0xff534d42, 'CIFS'],
  [0x65735546, 'FUSE'],
  [0x01021997, '9P'],
  [0x5346414f, 'AFS'],
  [0x00c36400, 'Ceph'],
  [0x0bd00bd0, 'Lustre'],
])

/** What a file system without hard links says when one is made. */
const NO_LINKS = new Set(['EPERM', 'ENOTSUP', 'EOPNOTSUPP', 'ENOSYS', 'EINVAL'])

/**
 * What there is to tell about the file system of a folder. Throws `file_system_unsupported` for one
 * without hard links, on which a lock cannot be made whole and only once.
 */
export function probeFolder(folder: string): readonly StorageNotice[] {
  const probe = toTempPath(folder, 'probe')
  const second = `${probe}-link`
  try {
    createFile(probe, '')
    checkLinks(folder, probe, second)
    return [...tellCase(folder, probe), ...tellNetwork(folder)]
  } finally {
    rmSync(probe, { force: true })
    rmSync(second, { force: true })
  }
}

function checkLinks(folder: string, probe: string, second: string): void {
  try {
    linkSync(probe, second)
  } catch (cause) {
    if (!NO_LINKS.has(errnoOf(cause) ?? '')) throw cause
    const message = `The file system of "${folder}" makes no hard links (${errnoOf(cause)}), so runs cannot be locked on it: choose another folder`
    throw new StorageError(message, { code: 'file_system_unsupported', cause })
  }
}

function tellCase(folder: string, probe: string): readonly StorageNotice[] {
  if (!existsSync(join(dirname(probe), basename(probe).toUpperCase()))) return []
  const message = `"${folder}" ignores upper and lower case: artifacts whose names differ in nothing else are one file`
  return [{ code: 'file_system_ignores_case', message }]
}

function tellNetwork(folder: string): readonly StorageNotice[] {
  const name = platform === 'linux' ? NETWORK_TYPES.get(statfsSync(folder).type) : undefined
  if (name === undefined) return []
  const message = `"${folder}" lies on a network file system (${name}): run it from one machine at a time`
  return [{ code: 'file_system_shared', message }]
}
