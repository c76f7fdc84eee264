import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterEach, expect, it, vi } from 'vitest'
import { inside, readGit, streamGit } from './git.ts'
import { createRepo, tempFolder } from './temp-repo.fixture.ts'

afterEach(() => vi.unstubAllEnvs())

it('gives git no variable of this process but the path', async () => {
  const path = createRepo([{ files: { a: '' } }])
  vi.stubEnv('GIT_DIR', '/nowhere')
  vi.stubEnv('GIT_CONFIG_COUNT', '1')
  vi.stubEnv('GIT_CONFIG_KEY_0', 'core.bare')
  vi.stubEnv('GIT_CONFIG_VALUE_0', 'nonsense')
  const args = inside(path, ['rev-parse', '--absolute-git-dir'])
  expect(await readGit({ path, args })).toBe(join(path, '.git'))
})

it('says how to install git where there is none', async () => {
  vi.stubEnv('PATH', tempFolder())
  const path = tempFolder()
  await expect(readGit({ path, args: ['version'] })).rejects.toMatchObject({
    code: 'git_missing',
    message: expect.stringContaining('Install git'),
  })
})

it('ends git that takes too long', async () => {
  const path = tempFolder()
  const folder = standIn('exec sleep 30')
  vi.stubEnv('PATH', `${folder}:/usr/bin:/bin`)
  await expect(readGit({ path, args: ['log'], timeoutMs: 50 })).rejects.toMatchObject({
    code: 'git_timeout',
    message: `git log in "${path}" took too long. Ask for fewer commits or a longer timeoutMs`,
  })
})

it('tells a git that something else ended from one that took too long', async () => {
  vi.stubEnv('PATH', `${standIn('kill -9 $$')}:/usr/bin:/bin`)
  await expect(readGit({ path: '/x', args: ['log'] })).rejects.toMatchObject({
    code: 'git_failed',
    message: 'git log in "/x" failed: ended by SIGKILL',
  })
})

it('waits for a git that prints its last byte before it exits', async () => {
  vi.stubEnv('PATH', `${standIn('echo all; exec >&-; sleep 0.2')}:/usr/bin:/bin`)
  expect(await readGit({ path: '/x', args: ['log'] })).toBe('all')
})

it('ends git when the signal aborts, with the reason of the signal', async () => {
  vi.stubEnv('PATH', `${standIn('echo begun; exec sleep 30')}:/usr/bin:/bin`)
  const stop = new AbortController()
  const reading = async () => {
    for await (const chunk of streamGit({ path: '.', args: ['log'], signal: stop.signal })) {
      expect(chunk.toString()).toBe('begun\n')
      stop.abort(new Error('enough'))
    }
  }
  await expect(reading()).rejects.toThrow('enough')
})

it('ends git when its reader leaves', async () => {
  const folder = standIn('echo $$; exec sleep 30')
  vi.stubEnv('PATH', `${folder}:/usr/bin:/bin`)
  let pid = 0
  for await (const chunk of streamGit({ path: '.', args: ['log'] })) {
    pid = Number(chunk.toString())
    break
  }
  await vi.waitFor(() => expect(() => process.kill(pid, 0)).toThrow('ESRCH'))
})

/** A folder with a `git` that does something else. */
function standIn(script: string): string {
  const folder = tempFolder()
  writeFileSync(join(folder, 'git'), `#!/bin/sh\n${script}\n`, { mode: 0o755 })
  return folder
}
