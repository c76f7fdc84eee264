import { inFile, type Mutant } from '../mutant.ts'

const FAULTS = 'src/disk src/journal src/run/fs-run-writer src/run/gone-run'

/** What the storage on disk survives. */
export const storage: readonly Mutant[] = [
  ...inFile('packages/storage-fs/src/journal/journal-line.ts', 'src/journal', [
    {
      rule: 'J3',
      off: 'a checksum that does not hold is overlooked',
      text: 'return isSealed(line, crc32(json)) ? json : undefined',
      becomes: 'return json',
    },
    {
      rule: 'fault 22',
      off: 'a line may have any size',
      text: 'if (end - start > LINE_LIMIT) throw',
      becomes: 'if (false) throw',
    },
    {
      rule: 'fault 23',
      off: 'half a surrogate pair is written',
      text: 'if (!json.includes(HALF_PAIR)) return json',
      becomes: 'return json',
    },
  ]),
  ...inFile('packages/storage-fs/src/run/open-run.ts', 'src/journal/torn src/lock src/disk', [
    {
      rule: 'J3',
      off: 'a torn last line is left standing before the next append',
      text: 'if (scan.torn > 0) journal.cut(end)',
      becomes: '',
    },
    {
      rule: 'J3',
      off: 'a torn last line is cut off without a word',
      text: 'if (torn === 0) return []',
      becomes: 'return []',
    },
    {
      rule: 'fault 2',
      off: 'a run is built upon what an owner before did not flush',
      text: '    await journal.flush()\n',
      becomes: '\n',
    },
    {
      rule: 'S7',
      off: 'an owner that was taken over can go on writing to the journal',
      text: 'if (fenceOthers(paths, lock, self)) await replaceJournal(paths)',
      becomes: '',
    },
    {
      rule: 'S7',
      off: 'a run that cannot be opened stays locked',
      text: '    releaseLock(lock)\n',
      becomes: '\n',
    },
  ]),
  ...inFile('packages/storage-fs/src/journal/journal-scan.ts', 'src/journal src/run/inbox', [
    {
      rule: 'J3',
      off: 'a last line whose line break is damaged is cut off',
      text: 'if (isWholeLine(splitter.rest)) throw',
      becomes: 'if (false) throw',
    },
    {
      rule: 'J2',
      off: 'which inputs were acknowledged is forgotten',
      text: 'if (inputId !== undefined) this.#inputIds.add(inputId)',
      becomes: '',
    },
  ]),
  ...inFile('packages/storage-fs/src/journal/stored-event.ts', 'src/journal', [
    {
      rule: 'fault 37',
      off: 'a journal of a newer format is read',
      text: 'if (found === undefined || found <= JOURNAL_FORMAT) return',
      becomes: 'return',
    },
    {
      rule: 'fault 37',
      off: 'an unknown event is read',
      text: 'if (!isDurableType(type)) throw',
      becomes: 'if (false) throw',
    },
    {
      rule: 'fault 4',
      off: 'a line that is missing in the middle is not noticed',
      text: 'if (seq !== place.line) throw',
      becomes: 'if (false) throw',
    },
    {
      rule: 'fault 45',
      off: "another run's journal is read",
      text: 'if (fields.runId !== paths.runId) throw',
      becomes: 'if (false) throw',
    },
  ]),
  ...inFile('packages/storage-fs/src/journal/journal-file.ts', FAULTS, [
    {
      rule: 'J1',
      off: 'a batch out of order is written',
      text: 'if (seq !== expected) throw conflict(runId, expected, seq)',
      becomes: '',
    },
    {
      rule: 'fault 5',
      off: 'a short write counts as a whole one',
      text: 'while (done < end) done += writeSync(this.#fd, bytes, done, end - done)',
      becomes: 'done = end + 0 * writeSync(this.#fd, bytes, done, end - done)',
    },
    {
      rule: 'fault 5',
      off: 'a line that was written in part is left standing',
      text: 'tryCut(this.#fd, this.#size)',
      becomes: '',
    },
    {
      rule: 'fault 45',
      off: 'a journal that was replaced is written on',
      text: 'if (inodeOf(found) !== this.#inode) return',
      becomes: 'if (false) return',
    },
    {
      rule: 'fault 45',
      off: 'a journal that somebody else has changed is written on',
      text: 'if (found.size === this.#size) return undefined',
      becomes: 'return undefined',
    },
  ]),
  ...inFile('packages/storage-fs/src/run/fs-run-writer.ts', `${FAULTS} src/lock src/run/inbox`, [
    {
      rule: 'J1',
      off: 'a writer goes on after an append that failed',
      text: 'this.#failure ??= toStorageError(thrown,',
      becomes: 'return toStorageError(thrown,',
    },
    {
      rule: 'fault 7',
      off: 'what could not be flushed stays in the journal',
      text: 'journal.tryCutBack(this.#visibleSize)',
      becomes: '',
    },
    {
      rule: 'fault 10',
      off: 'an owner that lost its lock goes on with flushed appends',
      text: '    ownership.check()\n',
      becomes: '\n',
    },
    {
      rule: 'fault 10',
      off: "an owner that lost its lock goes on with sync: 'os'",
      text: 'this.#parts.ownership.checkQuickly()',
      becomes: '',
    },
    {
      rule: 'J2',
      off: 'acks acknowledge nothing',
      text: 'if (acks !== undefined) this.#parts.inbox.acknowledge(acks)',
      becomes: '',
    },
    {
      rule: 'J3',
      off: "sync: 'disk' does not flush",
      text: "if (options.sync !== 'os' || this.#isFlushing) return",
      becomes: 'if (this.#isFlushing) return',
    },
  ]),
  ...inFile(
    'packages/storage-fs/src/run/inbox.ts',
    'src/run/inbox src/storage-kit src/run/gone-run src/disk/injected',
    [
      {
        rule: 'J2',
        off: 'an input is given twice',
        text: 'if (input === undefined || given.has(input.inputId)) continue',
        becomes: 'if (input === undefined) continue',
      },
      {
        rule: 'J2',
        off: 'an input that was acknowledged is given again',
        text: 'if (input === undefined || !this.#acknowledged.has(input.inputId)) return input',
        becomes: 'return input',
      },
      {
        rule: 'H2',
        off: 'an input is left before it is safe on disk',
        text: 'await createFlushed(temp, JSON.stringify(input))',
        becomes: 'void createFlushed(temp, JSON.stringify(input))',
      },
      {
        rule: 'fault 16',
        off: 'an inbox that is a link is read',
        text: 'if (found.isSymbolicLink()) throw linkRefused(this.#folder)',
        becomes: '',
      },
    ],
  ),
  ...inFile('packages/storage-fs/src/artifacts/fs-artifacts.ts', 'src/artifacts', [
    {
      rule: 'J5',
      off: 'a path is not looked at before the disk is touched',
      text: '  checkArtifactPath(path)\n',
      becomes: '\n',
    },
    {
      rule: 'fault 16',
      off: 'an append follows a link out of the run',
      text: 'O_APPEND | O_NOFOLLOW |',
      becomes: 'O_APPEND |',
    },
    {
      rule: 'fault 16',
      off: 'a read follows a link out of the run',
      text: 'O_RDONLY | O_NOFOLLOW |',
      becomes: 'O_RDONLY |',
    },
    {
      rule: 'fault 16',
      off: 'a put takes the place of a link',
      text: 'if (isLink(target)) throw linkRefused(placement.name)',
      becomes: '',
    },
  ]),
  ...inFile('packages/storage-fs/src/artifacts/pinned-folder.ts', 'src/artifacts', [
    {
      rule: 'fault 16',
      off: 'a folder that is a link is followed',
      text: 'constants.O_DIRECTORY | constants.O_NOFOLLOW',
      becomes: 'constants.O_DIRECTORY',
    },
  ]),
  ...inFile('packages/storage-fs/src/run/create-run.ts', 'src/run/create-run src/disk', [
    {
      rule: 'section 7',
      off: 'a run appears before its first events are there',
      text: "if (sync === 'disk') {\n    await journal.flush()",
      becomes: "appear(paths, stage)\n  if (sync === 'disk') {\n    await journal.flush()",
    },
    {
      rule: 'section 7',
      off: 'a run that cannot be created leaves its folder behind',
      text: '    rmSync(stage, { recursive: true, force: true })\n',
      becomes: '\n',
    },
  ]),
]
