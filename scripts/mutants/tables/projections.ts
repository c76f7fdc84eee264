import { inFile, type Mutant } from '../mutant.ts'

/** What is written behind a run: files of two names, and the summary. */
export const projections: readonly Mutant[] = [
  ...inFile('packages/storage-fs/src/artifacts/fs-artifacts.ts', 'src/artifacts src/storage-kit', [
    {
      rule: 'J5',
      off: 'the second name of a file may be off the allow-list',
      text: 'if (also !== undefined) checkArtifactPath(also)',
      becomes: '',
    },
    {
      rule: 'fault 16',
      off: 'the second name of a file takes the place of a link',
      text: 'if (isLink(target)) throw linkRefused(name)',
      becomes: '',
    },
    {
      rule: 'J4',
      off: 'a second name that cannot be given leaves an unfinished file',
      text: '    renameSync(temp, target)\n  } catch (thrown) {\n    removeQuietly(temp)\n    throw thrown\n  }\n}',
      becomes: '    renameSync(temp, target)\n  } catch (thrown) {\n    throw thrown\n  }\n}',
    },
  ]),
  ...inFile('packages/storage-fs/src/artifacts/folder-pins.ts', 'src/artifacts', [
    {
      rule: 'fault 44',
      off: 'a folder that was used stays open',
      text: 'if (this.#pins.size === 0) setImmediate(() => this.#endTurn())',
      becomes: '',
    },
    {
      rule: 'fault 44',
      off: 'any number of folders stays open for a turn',
      text: 'if (canPin && this.#pins.size < KEPT_FOLDERS) this.#keep(key, pin)',
      becomes: 'if (canPin) this.#keep(key, pin)',
    },
  ]),
  ...inFile('packages/storage-fs/src/journal/journal-summary.ts', 'src/run/meta-keeper', [
    {
      rule: 'J4',
      off: 'the summary of a run reads its whole journal each time',
      text: '        this.#next = next\n',
      becomes: '',
    },
  ]),
  ...inFile('packages/storage-fs/src/run/open-run.ts', 'src/run/run-list', [
    {
      rule: 'J4',
      off: 'a spec.json that was lost stays lost',
      text: '    restoreSpec(paths, first)\n',
      becomes: '',
    },
  ]),
  ...inFile('packages/core/src/orchestrator/records/write-behind.ts', 'src/orchestrator/records', [
    {
      rule: 'law 6',
      off: 'what cannot be written is known only when the run is over',
      text: 'if (isFirst || waiting.size >= MOST_WAITING) void begin()',
      becomes: 'if (waiting.size >= MOST_WAITING) void begin()',
    },
    {
      rule: 'J4',
      off: 'a run that never waits keeps all its projections in memory',
      text: 'if (isFirst || waiting.size >= MOST_WAITING) void begin()',
      becomes: 'if (isFirst) void begin()',
    },
    {
      rule: 'J4',
      off: 'a session ends before its projections are written',
      text: 'while (waiting.size > 0 || writing !== undefined) await begin()',
      becomes: '',
    },
    {
      rule: 'J4',
      off: 'the writes after one that fails are forgotten',
      text: 'await write?.().catch(onFailure)',
      becomes: 'await write?.().catch((thrown) => (waiting.clear(), onFailure(thrown)))',
    },
  ]),
  ...inFile('packages/core/src/orchestrator/records/write-attempt.ts', 'src/orchestrator/records', [
    {
      rule: 'J4',
      off: 'the route of an attempt is missing for ever when a process dies before it is written',
      text: 'if (!present.has(execution) || (wentOn && last.get(latest) === attempt))',
      becomes: 'if (!present.has(execution))',
    },
    {
      rule: 'J4',
      off: 'a process that takes a run over forgets what the one before has written',
      text: '...pick(before, kept)',
      becomes: '',
    },
  ]),
  ...inFile('packages/core/src/orchestrator/records/records.ts', 'src/orchestrator/records', [
    {
      rule: 'law 6',
      off: 'a projection that cannot be written is not told',
      text: 'if (hasFailed || session.closing.aborted) return',
      becomes: 'return',
    },
  ]),
]
