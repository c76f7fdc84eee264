import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtempSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { build } from 'esbuild'
import { describe, expect, it, vi } from 'vitest'
import { startHost } from './hosts.fixture.ts'
import { WAIT } from './reaper.ts'
import { createTag, pidsWhere, pidsWith } from './running.fixture.ts'

const within = { timeout: 5_000, interval: 20 }

/** As a host has it that is built: one file, no package beside it. */
async function bundle(): Promise<string> {
  const outfile = join(mkdtempSync(join(tmpdir(), 'baton-bundle-')), 'host.mjs')
  const entry = fileURLToPath(new URL('host.fixture.ts', import.meta.url))
  const settings = { bundle: true, platform: 'node', format: 'esm', minify: true } as const
  await build({ ...settings, entryPoints: [entry], conditions: ['@batonjs/source'], outfile })
  return outfile
}

describe('when a Baton process is killed by kill -9', () => {
  it.each([
    ['from source', async () => 'host.fixture.ts'],
    ['from a bundle', bundle],
  ])('nothing that it started lives on, in whatever session: %s', async (_, moduleOf) => {
    const tag = createTag()
    const { child, line } = await startHost(await moduleOf(), [tag])
    await vi.waitFor(() => expect(pidsWith(tag)).toHaveLength(4), within)
    child.kill('SIGKILL')
    await once(child, 'exit')
    await vi.waitFor(() => expect([...pidsWith(tag), ...running(line)]).toEqual([]), within)
  })

  it('a program and its group are killed at once, before anything is looked for', async () => {
    const tag = createTag()
    const { child, line } = await startHost('host.fixture.ts', [tag, 'mark', '/bin/sh', '/nowhere/node'])
    await vi.waitFor(() => expect(pidsWith(tag)).toHaveLength(4), within)
    child.kill('SIGKILL')
    await vi.waitFor(() => expect(running(line)).toEqual([]), within)
    // Nobody looks for the others without a Node to do so.
    await vi.waitFor(() => expect(pidsWith(tag)).toHaveLength(3), within)
    for (const pid of pidsWith(tag)) process.kill(pid, 'SIGKILL')
  })

  it('no group is killed whose program has exited before: its number may be that of another one by then', async () => {
    const tags = [createTag(), createTag(), createTag()]
    const pids = tags.map((tag) => spawn('sleep', [tag], { detached: true, stdio: 'ignore' }).pid ?? 0)
    const [first = 0, second = 0, third = 0] = pids
    const shell = spawn('/bin/sh', ['-c', WAIT, 'baton-reaper', 'true', 'owner'])
    shell.stdin.end(`+ ${first}\n+ ${second}\n+ ${third}\n- ${second}\n`)
    await once(shell, 'exit')
    expect(tags.map((tag) => pidsWith(tag).length)).toEqual([0, 1, 0])
    process.kill(second, 'SIGKILL')
  })

  it('no group is killed of which it was told only that it had exited, nor one after that', async () => {
    const tags = [createTag(), createTag(), createTag()]
    const pids = tags.map((tag) => spawn('sleep', [tag], { detached: true, stdio: 'ignore' }).pid ?? 0)
    const [first = 0, second = 0, unknown = 0] = pids
    const shell = spawn('/bin/sh', ['-c', WAIT, 'baton-reaper', 'true', 'owner'])
    shell.stdin.end(`+ ${first}\n+ ${second}\n- ${unknown}\n- ${first}\n`)
    await once(shell, 'exit')
    expect(tags.map((tag) => pidsWith(tag).length)).toEqual([1, 0, 1])
    for (const pid of [first, unknown]) process.kill(pid, 'SIGKILL')
  })

  it('a machine without a shell is no worse off', async () => {
    const tag = createTag()
    const { child } = await startHost('host.fixture.ts', [tag, 'mark', '/nowhere/sh'])
    await vi.waitFor(() => expect(pidsWith(tag)).toHaveLength(4), within)
    child.kill('SIGKILL')
    await vi.waitFor(() => expect(pidsWith(tag)).toEqual([]), within)
  })
})

it('a Baton process that is done exits by itself, and who watches it too', async () => {
  const { child } = await startHost('brief-host.fixture.ts')
  await vi.waitFor(() => expect(reapersOf(child.pid)).toHaveLength(1), within)
  child.stdin?.end()
  const [code] = await once(child, 'exit')
  expect(code).toBe(0)
  await vi.waitFor(() => expect(reapersOf(child.pid)).toEqual([]), within)
})

it('who watches takes no signal that is meant for a Baton process, and is replaced when it is killed', async () => {
  const { child, next } = await startHost('brief-host.fixture.ts')
  await vi.waitFor(() => expect(reapersOf(child.pid)).toHaveLength(1), within)
  const [first = 0] = reapersOf(child.pid)
  process.kill(first, 'SIGTERM')
  process.kill(first, 'SIGINT')
  child.stdin?.write('again\n')
  await next()
  expect(reapersOf(child.pid)).toEqual([first])
  process.kill(first, 'SIGKILL')
  await vi.waitFor(async () => {
    child.stdin?.write('again\n')
    await next()
    expect(reapersOf(child.pid)).toHaveLength(1)
    expect(reapersOf(child.pid)).not.toEqual([first])
  }, within)
  child.stdin?.end()
})

it('who takes the place of one that was killed is told of the programs that run', async () => {
  const tag = createTag()
  const { child, next } = await startHost('brief-host.fixture.ts', [tag])
  await vi.waitFor(() => expect(pidsWith(tag)).toHaveLength(1), within)
  const [first = 0] = reapersOf(child.pid)
  process.kill(first, 'SIGKILL')
  await vi.waitFor(async () => {
    child.stdin?.write('again\n')
    await next()
    expect(reapersOf(child.pid)).toHaveLength(1)
    expect(reapersOf(child.pid)).not.toEqual([first])
  }, within)
  child.kill('SIGKILL')
  await vi.waitFor(() => expect(pidsWith(tag)).toEqual([]), within)
})

function reapersOf(pid = 0): readonly number[] {
  return pidsWhere(
    (words) => words.includes('baton-reaper') && words.some((word) => word.startsWith(`${pid}-`)),
  )
}

function running(pid: string): readonly number[] {
  try {
    process.kill(Number(pid), 0)
    return [Number(pid)]
  } catch {
    return []
  }
}
