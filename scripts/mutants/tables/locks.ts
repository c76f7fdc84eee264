import { inFile, type Mutant } from '../mutant.ts'

/** Who owns a run on disk. */
export const locks: readonly Mutant[] = [
  ...inFile('packages/storage-fs/src/lock/run-lock.ts', 'src/lock src/storage-kit', [
    {
      rule: 'S7',
      off: 'a run that is owned is opened',
      text: 'mayTake && newest.owner?.alive === undefined)) throw',
      becomes: 'mayTake && newest.owner?.alive === undefined) && false) throw',
    },
    {
      rule: 'S7',
      off: 'takeover takes a run from an owner that lives on this host',
      text: 'mayTake && newest.owner?.alive === undefined',
      becomes: 'mayTake',
    },
    {
      rule: 'S7',
      off: 'an owner on another host is taken for dead',
      text: 'lock.owner?.alive !== false',
      becomes: 'lock.owner?.alive === true',
    },
    {
      rule: 'S7',
      off: 'whoever loses the race for a lock owns the run too',
      text: 'if (readLocks(folder, self)[0]?.number === number) return { number, path, token }',
      becomes: 'return { number, path, token }',
    },
    {
      rule: 'S7',
      off: 'a lock that this process could not release keeps it out',
      text: "text === '' || isLeft(textOf(fields, 'token'))",
      becomes: "text === ''",
    },
    {
      rule: 'S7',
      off: 'a lock that this process still holds is nobody’s',
      text: '&& !heldTokens.has(token)',
      becomes: '',
    },
    {
      rule: 'S7',
      off: 'two processes take the same lock',
      text: "if (errnoOf(thrown) === 'EEXIST') return false",
      becomes: "if (errnoOf(thrown) === 'EEXIST') return true",
    },
    {
      rule: 'fault 10',
      off: 'a takeover leaves the old lock in place',
      text: 'if (other.number < lock.number && isHeld(other)) renameSync(',
      becomes: 'if (false) renameSync(',
    },
  ]),
  ...inFile('packages/storage-fs/src/lock/process-identity.ts', 'src/lock', [
    {
      rule: 'S7',
      off: 'a process that has the pid of a dead owner is the owner',
      text: 'return !found.ended && !differ(found.startTime, other.startTime)',
      becomes: 'return !found.ended',
    },
    {
      rule: 'S7',
      off: 'a dead owner on this host lives',
      text: 'if (!exists(other.pid)) return false',
      becomes: '',
    },
  ]),
]
