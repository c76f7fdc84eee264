import { execFileSync } from 'node:child_process'
import {
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs'
import { join } from 'node:path'
import { setImmediate } from 'node:timers/promises'
import { describe, expect, it } from 'vitest'
import { RUN_ID } from '../fixtures/events.fixture.ts'
import { failureOf, useSandbox } from '../fixtures/sandbox.fixture.ts'
import { noStrace, orSkipped, useWorkers } from '../fixtures/worker-process.fixture.ts'

const sandbox = useSandbox()
const startWorker = useWorkers()
const artifacts = () => sandbox.storage.artifacts(RUN_ID)

/** Row 15 of the faults: what may name no file. */
const badNames: readonly (readonly [string, string])[] = [
  ['the empty name', ''],
  ['this folder', '.'],
  ['the parent', '..'],
  ['a way out', '../x'],
  ['a way out from within', 'a/../../x'],
  ['an absolute path', '/etc/passwd'],
  ['an absolute path on Windows', 'C:\\x'],
  ['a backslash', 'a\\..\\b'],
  ['a NUL', 'a\0b'],
  ['a hidden file', '.git'],
  ['300 characters', 'a'.repeat(300)],
  ['129 characters', 'a'.repeat(129)],
  ['a device', 'CON'],
  ['a device with an extension', 'nul.txt'],
  ['a dot at the end', 'report.'],
  ['a look-alike letter', 'r\u0435port'],
  ['full-width dots', '\uff0e\uff0e/x'],
  ['an empty segment', 'a//b'],
  ['a slash at the end', 'a/'],
  ['the number of a visit where none is', 'a/b#2'],
  ['the journal', 'events.jsonl'],
  ['the journal in other letters', 'Events.JSONL'],
  ['the spec', 'spec.json'],
  ['the meta', 'META.json'],
  ['the inbox', 'inbox/0000000000000001-a.json'],
  ['a lock', 'lock.1'],
  ['a lock in other letters', 'LOCK.2'],
]

/** All files below the sandbox, with their content. */
function snapshot(): string {
  return execFileSync('find', [sandbox.root, '-type', 'f', '-exec', 'cksum', '{}', '+']).toString()
}

describe('the path of an artifact', () => {
  it.each(badNames)('J5: is refused before the disk is touched when it is %s', async (_, path) => {
    await sandbox.leave()
    const before = snapshot()
    const uses = [artifacts().put(path, 'x'), artifacts().append(path, 'x'), artifacts().get(path)]
    for (const use of uses) expect((await failureOf(use)).code).toBe('path_refused')
    expect(snapshot()).toBe(before)
  })
})

describe('a symbolic link in a run', () => {
  const outside = () => `${sandbox.root}/outside`

  it('J5: is refused as a folder of the path, and what it points to stays untouched', async () => {
    await sandbox.leave()
    mkdirSync(outside())
    writeFileSync(`${outside()}/secret.txt`, 'secret')
    symlinkSync(outside(), sandbox.at('build'))
    mkdirSync(sandbox.at('plan'))
    symlinkSync(outside(), sandbox.at('plan', 'inner'))
    for (const folder of ['build', 'plan/inner']) {
      const uses = [
        artifacts().put(`${folder}/x.txt`, 'x'),
        artifacts().put(`${folder}/new/x.txt`, 'x'),
        artifacts().append(`${folder}/secret.txt`, 'x'),
        artifacts().get(`${folder}/secret.txt`),
      ]
      for (const use of uses) expect((await failureOf(use)).code).toBe('path_refused')
    }
    expect(await artifacts().list()).toEqual([])
    expect(readdirSync(outside())).toEqual(['secret.txt'])
    expect(readFileSync(`${outside()}/secret.txt`, 'utf8')).toBe('secret')
  })

  it('J5: is refused as the file itself, also when it points nowhere', async () => {
    await sandbox.leave()
    writeFileSync(outside(), 'secret')
    symlinkSync(outside(), sandbox.at('link.txt'))
    symlinkSync(`${sandbox.root}/nowhere`, sandbox.at('dangling.txt'))
    for (const path of ['link.txt', 'dangling.txt']) {
      const uses = [artifacts().put(path, 'x'), artifacts().append(path, 'x'), artifacts().get(path)]
      for (const use of uses) expect((await failureOf(use)).code).toBe('path_refused')
    }
    expect(readFileSync(outside(), 'utf8')).toBe('secret')
    expect(existsSync(`${sandbox.root}/nowhere`)).toBe(false)
  })

  it('J5: that comes and goes in place of a folder leads nowhere', async () => {
    await sandbox.leave()
    mkdirSync(outside())
    const swapper = await startWorker({ root: sandbox.root })
    let isDone = false
    const swapping = swapper
      .get({ do: 'swap', folder: sandbox.at('build'), target: outside(), forMs: 500 })
      .finally(() => {
        isDone = true
      })
    const codes = new Set<string>()
    while (!isDone) {
      const failure = await artifacts()
        .put('build/a.txt', 'x')
        .catch(({ code }) => code)
      codes.add(failure ?? 'written')
      await setImmediate()
    }
    await swapping
    expect(readdirSync(outside())).toEqual([])
    expect(codes).toContain('written')
    expect(codes).toContain('path_refused')
  })

  it('J5: that takes the place of a folder between two puts of one turn leads nowhere', async () => {
    await sandbox.leave()
    mkdirSync(outside())
    const first = artifacts()
    const putting = first.put('build/a.txt', 'a')
    renameSync(sandbox.at('build'), sandbox.at('moved'))
    symlinkSync(outside(), sandbox.at('build'))
    await first.put('build/b.txt', 'b')
    await putting
    expect(readdirSync(outside())).toEqual([])
    expect(readdirSync(sandbox.at('moved'))).toEqual(['a.txt', 'b.txt'])
    await setImmediate()
    expect((await failureOf(first.put('build/c.txt', 'c'))).code).toBe('path_refused')
  })

  it('J5: is refused as the second name of a file', async () => {
    await sandbox.leave()
    symlinkSync(`${sandbox.root}/nowhere`, sandbox.at('latest.txt'))
    expect((await failureOf(artifacts().put('a.txt', 'x', { also: 'latest.txt' }))).code).toBe('path_refused')
    expect(await artifacts().list()).toEqual([])
    expect(readdirSync(sandbox.at()).filter((name) => name.startsWith('.put-'))).toEqual([])
  })

  describe.skipIf(noStrace)(orSkipped('that is put in place of a folder', noStrace), () => {
    it.each(['', 'build'])('J5: between the check and the use leads nowhere (held at "%s")', async (held) => {
      await sandbox.leave()
      for (const folder of [outside(), sandbox.at('build')]) mkdirSync(folder)
      const trace = `${sandbox.root}/trace`
      const fault = ['-e', 'trace=close', '-e', 'inject=close:delay_enter=700000:when=1']
      const before = ['strace', '-f', '-o', trace, '-P', join(sandbox.at(), held), ...fault]
      const worker = await startWorker({ root: sandbox.root, before })
      let isDone = false
      const putting = worker.ask({ do: 'put', path: 'build/a.txt', size: 10 }).finally(() => {
        isDone = true
      })
      while (!isDone && !readFileSync(trace, 'utf8').includes('close(')) await setImmediate()
      renameSync(sandbox.at('build'), sandbox.at('moved'))
      symlinkSync(outside(), sandbox.at('build'))
      await putting
      expect(readdirSync(outside())).toEqual([])
      expect(readdirSync(sandbox.at('moved'))).toEqual(['a.txt'])
    })
  })
})

describe('an artifact', () => {
  it('J4: of a second visit lies in a folder with the number of the visit', async () => {
    await sandbox.leave()
    await artifacts().put('build#2/handoff/plan.json', '{}')
    expect(readFileSync(sandbox.at('build#2', 'handoff', 'plan.json'), 'utf8')).toBe('{}')
  })

  it('leaves no unfinished file, and no list shows one', async () => {
    await sandbox.leave()
    writeFileSync(sandbox.at('.put-left'), 'unfinished')
    await Promise.all(Array.from({ length: 20 }, (_, n) => artifacts().put('a.md', `${n}`)))
    expect(await artifacts().list()).toEqual(['a.md'])
    expect(readdirSync(sandbox.at()).filter((name) => name.startsWith('.put-'))).toEqual(['.put-left'])
  })

  it('J4: has a second name in another folder too, and is there once', async () => {
    await sandbox.leave()
    for (const text of ['one', 'two']) await artifacts().put(`all/${text}.md`, text, { also: 'latest/it.md' })
    const inodeOf = (...names: readonly string[]) => statSync(sandbox.at(...names)).ino
    expect(inodeOf('latest', 'it.md')).toBe(inodeOf('all', 'two.md'))
    expect(readFileSync(sandbox.at('all', 'one.md'), 'utf8')).toBe('one')
    expect(readdirSync(sandbox.at('latest'))).toEqual(['it.md'])
  })

  it('leaves no folder open when the turn is over, and no more than a few before', async () => {
    await sandbox.leave()
    const open = () => readdirSync('/proc/self/fd').length
    const before = open()
    const store = artifacts()
    await Promise.all(Array.from({ length: 100 }, (_, n) => store.put(`f${n}/a.md`, 'x')))
    expect(open()).toBeLessThan(before + 20)
    await setImmediate()
    expect(open()).toBe(before)
  })

  it('fails typed where a folder stands, or a file where a folder is needed', async () => {
    await sandbox.leave()
    await artifacts().put('a/b.md', 'x')
    expect((await failureOf(artifacts().put('a', 'x'))).code).toBe('storage_failed')
    expect((await failureOf(artifacts().put('c.md', 'x', { also: 'a' }))).code).toBe('storage_failed')
    expect((await failureOf(artifacts().put('a/b.md/c.md', 'x'))).code).toBe('storage_failed')
    expect(await artifacts().get('a/b.md/c.md')).toBeUndefined()
    expect(readdirSync(sandbox.at('a'))).toEqual(['b.md'])
    expect(readdirSync(sandbox.at()).filter((name) => name.startsWith('.'))).toEqual([])
  })

  it('is not waited for where a pipe lies in its place', async () => {
    await sandbox.leave()
    execFileSync('mkfifo', [sandbox.at('pipe')])
    await artifacts().get('pipe')
    expect((await failureOf(artifacts().append('pipe', 'x'))).code).toBe('storage_failed')
    rmSync(sandbox.at('pipe'))
  })

  it('is written while the run is owned, and stays when it is let go', async () => {
    const writer = await sandbox.begin()
    await artifacts().put('a.md', 'x', { sync: 'disk' })
    await writer.close()
    expect(await sandbox.another().artifacts(RUN_ID).get('a.md')).toBe('x')
  })
})
