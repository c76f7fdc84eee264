import { execFileSync } from 'node:child_process'
import { chmodSync, mkdtempSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { startHost } from './hosts.fixture.ts'
import type { ProcessOptions } from './process-options.ts'
import { allLines, environment, nextLine, startNode, startShell } from './running.fixture.ts'
import { startProcess } from './start-process.ts'

const folder = mkdtempSync(join(tmpdir(), 'baton-process-'))
const start = (options: Partial<ProcessOptions>) =>
  startProcess({ command: 'sh', env: environment, ...options })

describe('a program that runs', () => {
  it('gives its lines and says how it exited', async () => {
    const running = await startNode('console.log("one\\ntwo"); console.error("three"); process.exitCode = 4')
    expect(await allLines(running)).toEqual(['one', 'two'])
    expect(await running.exit).toEqual({ code: 4, signal: null, stderr: 'three\n' })
    expect(await running.end()).toEqual([])
  })

  it('works in its folder, with its environment and nothing of this one', async () => {
    const program = 'console.log(JSON.stringify([process.cwd(), Object.keys(process.env).sort()]))'
    const running = await startNode(program, { cwd: folder, env: { ONLY: '1' } })
    expect(await allLines(running)).toEqual([JSON.stringify([folder, ['BATON_MARK', 'ONLY']])])
    await running.end()
  })

  it('is given 3 MB at once, and its stdin is closed then', async () => {
    const count =
      'let n = 0; process.stdin.on("data", (c) => { n += c.length }).on("end", () => console.log(n))'
    const running = await startNode(count, { input: 'é'.repeat(1_500_000) })
    expect(await allLines(running)).toEqual(['3000000'])
    await running.end()
  })

  it('is written to while it answers', async () => {
    const running = await startShell('while read -r line; do echo "got $line"; done')
    expect(await running.write('a\n')).toBe(true)
    expect(await nextLine(running)).toBe('got a')
    expect(await running.write('b\n')).toBe(true)
    running.closeInput()
    expect(await nextLine(running)).toBe('got b')
    expect(await running.exit).toMatchObject({ code: 0 })
    expect(await running.write('c\n')).toBe(false)
    await running.end()
  })

  it('may close its stdin in the middle of what it is given', async () => {
    const running = await startShell('exec 0<&-; echo closed; sleep 300')
    await nextLine(running)
    expect(await running.write('x'.repeat(1_000_000))).toBe(false)
    await running.end()
    const deaf = await startShell('exit 3', { input: 'x'.repeat(1_000_000) })
    expect(await deaf.exit).toMatchObject({ code: 3 })
    await deaf.end()
  })

  it('is told as ended by a signal when that ended it', async () => {
    const running = await startShell('kill -KILL $$')
    expect(await running.exit).toMatchObject({ code: null, signal: 'SIGKILL' })
    await running.end()
  })

  it('is read to the end of a long stderr, of which the last 64 kB are kept, in whole characters', async () => {
    const running = await startNode('process.stderr.write("€".repeat(1_000_000) + "end")')
    const { stderr } = await running.exit
    expect(Buffer.byteLength(stderr)).toBeLessThanOrEqual(64 * 1024)
    expect(stderr).toMatch(/^€{21000,}end$/)
    await running.end()
  })
})

describe('a program that cannot be started', () => {
  it('is missing: what to install is said', async () => {
    await expect(start({ command: 'nosuchprogram', install: 'Install it.' })).rejects.toMatchObject({
      code: 'engine_unavailable',
      message: '"nosuchprogram" was not found. Install it.',
      retryable: false,
    })
  })

  it('is looked for on the path that it is given', async () => {
    await expect(start({ env: { PATH: folder } })).rejects.toMatchObject({ message: '"sh" was not found.' })
  })

  it('has no folder to work in: the folder is blamed, not the program', async () => {
    await expect(start({ cwd: join(folder, 'gone') })).rejects.toMatchObject({
      code: 'engine_unavailable',
      message: `The folder "${folder}/gone" to work in cannot be used`,
    })
    writeFileSync(join(folder, 'file'), '')
    await expect(start({ cwd: join(folder, 'file') })).rejects.toMatchObject({
      message: `"${folder}/file", where to work, is not a folder`,
    })
  })

  it('is not executable', async () => {
    const command = join(folder, 'plain')
    writeFileSync(command, 'echo')
    chmodSync(command, 0o644)
    await expect(start({ command })).rejects.toMatchObject({
      code: 'engine_unavailable',
      message: `"${command}" is not executable.`,
    })
  })

  it('is given more than the system allows', async () => {
    await expect(start({ args: ['-c', 'true', 'x'.repeat(3_000_000)] })).rejects.toMatchObject({
      code: 'invalid_request',
      retryable: false,
    })
  })

  it('finds no open file left (fault 44): it may be tried again', async () => {
    const { line } = await startHost('scarce-host.fixture.ts', ['files'])
    expect(JSON.parse(line)).toEqual({
      code: 'engine_unavailable',
      retryable: true,
      details: { code: 'EMFILE' },
    })
  })

  it('finds no open file left to look for what an earlier attempt left (fault 44): it may be tried again', async () => {
    const { line } = await startHost('scarce-host.fixture.ts', ['files', 'again'])
    expect(JSON.parse(line)).toEqual({
      code: 'engine_unavailable',
      retryable: true,
      details: { code: 'EMFILE' },
    })
  })

  it.skipIf(!mayChangeUser())('finds no process left (fault 44): it may be tried again', async () => {
    const { line } = await startHost('scarce-host.fixture.ts', ['processes'])
    expect(JSON.parse(line)).toEqual({
      code: 'engine_unavailable',
      retryable: true,
      details: { code: 'EAGAIN' },
    })
  })
})

/** The limit of processes does not hold for root: another user has to be taken. */
function mayChangeUser(): boolean {
  try {
    execFileSync('setpriv', ['--reuid=65534', '--clear-groups', process.execPath, '-e', ''])
    return true
  } catch {
    return false
  }
}
