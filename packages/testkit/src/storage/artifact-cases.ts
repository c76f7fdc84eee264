import { expectEqual, expectThat } from '../suite/expect.ts'
import { BAD_PATHS, GOOD_PATHS } from './odd-names.ts'
import { beginRun, expectCode, leaveRun, type StorageCase } from './storage-kit.ts'

const BIG = 4_000_000

/** Files of a run (rules J4 and J5). */
export const artifactCases = {
  'artifact-put': {
    title: 'keeps what is put, the last content of a path, for every handle',
    async run(kit) {
      const { journal } = await beginRun(kit)
      const files = kit.storage.artifacts(journal.runId)
      for (const content of ['first', '', 'last\n\u2028\0 \u{1f44d}']) {
        await files.put('build/report.md', content)
        expectEqual(await files.get('build/report.md'), content, 'the content')
        expectEqual(
          await kit.other.artifacts(journal.runId).get('build/report.md'),
          content,
          'for another handle',
        )
      }
    },
  },
  'artifact-put-sync': {
    title: 'keeps what is put with either sync',
    async run(kit) {
      const files = kit.storage.artifacts((await leaveRun(kit)).runId)
      for (const sync of ['disk', 'os'] as const) await files.put('a.md', sync, { sync })
      expectEqual(await files.get('a.md'), 'os', 'the content')
    },
  },
  'artifact-bytes': {
    title: 'keeps bytes, and gives them as text in UTF-8',
    async run(kit) {
      const files = kit.storage.artifacts((await leaveRun(kit)).runId)
      await files.put('a.txt', new TextEncoder().encode('\ufeffÄ\u{1f44d}'))
      expectEqual(await files.get('a.txt'), '\ufeffÄ\u{1f44d}', 'the content')
    },
  },
  'artifact-append': {
    title: 'adds to the end of a file, and makes one where there is none',
    async run(kit) {
      const files = kit.storage.artifacts((await leaveRun(kit)).runId)
      for (const line of ['a\n', 'b\n', '', 'c\n']) await files.append('build/llm/x.jsonl', line)
      expectEqual(await files.get('build/llm/x.jsonl'), 'a\nb\nc\n', 'the content')
      await files.put('build/llm/x.jsonl', 'new ')
      await files.append('build/llm/x.jsonl', 'end')
      expectEqual(await files.get('build/llm/x.jsonl'), 'new end', 'the content after a put')
    },
  },
  'artifact-also': {
    title: 'J4: gives a file a second name, under which it is the same file until one is put anew',
    async run(kit) {
      const files = kit.storage.artifacts((await leaveRun(kit)).runId)
      await files.put('build/llm/x.1.1.jsonl', 'a\n', { also: 'build/llm/x.jsonl' })
      await files.append('build/llm/x.1.1.jsonl', 'b\n')
      expectEqual(await files.get('build/llm/x.jsonl'), 'a\nb\n', 'the second name')
      await files.append('build/llm/x.jsonl', 'c\n')
      expectEqual(await files.get('build/llm/x.1.1.jsonl'), 'a\nb\nc\n', 'the first name')
      await files.put('build/llm/x.2.1.jsonl', 'new', { also: 'build/llm/x.jsonl' })
      expectEqual(await files.get('build/llm/x.1.1.jsonl'), 'a\nb\nc\n', 'the first file')
      expectEqual(await files.get('build/llm/x.jsonl'), 'new', 'the second name of the next file')
      const paths = ['build/llm/x.1.1.jsonl', 'build/llm/x.2.1.jsonl', 'build/llm/x.jsonl']
      expectEqual(await files.list(), paths, 'the list')
      const refused = files.put('build/y.md', 'x', { also: '../y.md' })
      await expectCode(refused, ['path_refused'], 'put() also to "../y.md"')
      expectEqual(await files.list(), paths, 'the list after a refused second name')
    },
  },
  'artifact-missing': {
    title: 'gives nothing for a path that was never written',
    async run(kit) {
      const files = kit.storage.artifacts((await leaveRun(kit)).runId)
      await files.put('a/b.md', 'x')
      expectEqual(await files.get('a/c.md'), undefined, 'a file that is not there')
      expectEqual(await files.get('c/d/e.md'), undefined, 'a file in a folder that is not there')
      expectEqual(await files.get('constructor'), undefined, 'a file named like a member of objects')
    },
  },
  'artifact-list': {
    title: 'lists paths by prefix, sorted, and shows no file of its own',
    async run(kit) {
      const { journal, writer } = await beginRun(kit)
      const files = kit.storage.artifacts(journal.runId)
      expectEqual(await files.list(), [], 'the list of a new run')
      for (const path of ['b.md', 'build/z.md', 'a.md', 'build#2/a.md', 'build/a/b.md'])
        await files.put(path, 'x')
      await writer.append(journal.notes(3))
      await kit.storage.submit(journal.runId, INPUT)
      expectEqual(
        await files.list(),
        ['a.md', 'b.md', 'build#2/a.md', 'build/a/b.md', 'build/z.md'],
        'the list',
      )
      expectEqual(await files.list('build/'), ['build/a/b.md', 'build/z.md'], 'the list of a folder')
      expectEqual(
        await files.list('build'),
        ['build#2/a.md', 'build/a/b.md', 'build/z.md'],
        'the list of a prefix',
      )
      expectEqual(await files.list('build/z'), ['build/z.md'], 'the list of a part of a name')
      expectEqual(await files.list('nothing'), [], 'the list of a prefix that nothing has')
    },
  },
  'artifact-paths-refused': {
    title:
      'J5: refuses paths off the allow-list and names that the storage keeps, whatever is done with them',
    async run(kit) {
      const { journal } = await beginRun(kit)
      const files = kit.storage.artifacts(journal.runId)
      for (const path of BAD_PATHS) {
        const what = `the path ${JSON.stringify(path)}`
        await expectCode((async () => files.put(path, 'x'))(), ['path_refused'], `put() to ${what}`)
        await expectCode((async () => files.append(path, 'x'))(), ['path_refused'], `append() to ${what}`)
        await expectCode((async () => files.get(path))(), ['path_refused'], `get() of ${what}`)
      }
      const outside = await files.list('../').catch(() => [])
      expectEqual(outside, [], 'the list of what is outside of the run')
      expectEqual(await files.list(), [], 'the list after refused paths')
    },
  },
  'artifact-paths-accepted': {
    title: 'J5: takes every path of the allow-list',
    async run(kit) {
      const files = kit.storage.artifacts((await leaveRun(kit)).runId)
      for (const path of GOOD_PATHS) await files.put(path, path)
      for (const path of GOOD_PATHS) expectEqual(await files.get(path), path, `the content of ${path}`)
      expectEqual(await files.list(), GOOD_PATHS.toSorted(), 'the list')
    },
  },
  'artifact-whole': {
    title: 'shows a reader the old content or the new, never a part, while writers race',
    async run(kit) {
      const files = kit.storage.artifacts((await leaveRun(kit)).runId)
      const contents = ['a', 'b', 'c'].map((letter) => letter.repeat(BIG))
      await files.put('big.txt', contents[0] ?? '')
      const writing = contents.map((content) => files.put('big.txt', content))
      const read = await Promise.all(Array.from({ length: 6 }, () => files.get('big.txt')))
      await Promise.all(writing)
      for (const content of [...read, await files.get('big.txt')]) {
        expectThat(
          contents.includes(content ?? ''),
          `a reader sees ${content?.length} characters that nobody wrote`,
        )
      }
    },
  },
  'artifact-own-run': {
    title: 'keeps the files of one run apart from those of another',
    async run(kit) {
      await leaveRun(kit, 'run-one')
      await leaveRun(kit, 'run-two')
      await kit.storage.artifacts('run-one').put('a.md', 'one')
      expectEqual(await kit.storage.artifacts('run-two').get('a.md'), undefined, 'the file in another run')
      expectEqual(await kit.storage.artifacts('run-two').list(), [], 'the list of another run')
    },
  },
  'artifact-unknown-run': {
    title: 'says that there is no such run, and makes none',
    async run(kit) {
      const files = kit.storage.artifacts('run-unknown')
      await expectCode(files.put('a.md', 'x'), ['run_not_found'], 'put() in an unknown run')
      await expectCode(files.append('a.md', 'x'), ['run_not_found'], 'append() in an unknown run')
      expectEqual((await kit.storage.listRuns()).runs, [], 'the runs after writing to an unknown one')
    },
  },
} as const satisfies Record<string, StorageCase>

const INPUT = { kind: 'control', inputId: 'i-1', submittedAt: 0, control: 'pause', by: 'ada' } as const
