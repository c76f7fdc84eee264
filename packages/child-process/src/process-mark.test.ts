import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { describe, expect, it, vi } from 'vitest'
import { startHost } from './hosts.fixture.ts'
import { markProcesses } from './process-mark.ts'
import { allLines, createTag, environment, nextLine, pidsWith, startShell } from './running.fixture.ts'

const within = { timeout: 5_000, interval: 20 }

/** A process of that work whose Baton process is gone, and nobody watched. */
async function leaveBehind(work: string, tag: string): Promise<void> {
  const { environment: own } = await markProcesses({ mark: work })
  const gone = spawn('true')
  await once(gone, 'exit')
  // As the mark of another process: one that has just exited.
  const BATON_MARK = own.BATON_MARK?.replace(`/${process.pid}-`, `/${gone.pid}-`)
  spawn('sleep', [tag], { env: { ...environment, BATON_MARK }, detached: true, stdio: 'ignore' }).unref()
  await vi.waitFor(() => expect(pidsWith(tag)).toHaveLength(1), within)
}

describe('what an earlier attempt left', () => {
  it('is ended before the same work starts again', async () => {
    const tag = createTag()
    await leaveBehind(tag, tag)
    const running = await startShell(`pgrep -fx 'sleep ${tag}' || echo none`, { mark: tag })
    expect(await allLines(running)).toEqual(['none'])
    await running.end()
  })

  it('stays when it was for other work, or when nobody asks for a sweep', async () => {
    const tag = createTag()
    await leaveBehind(tag, tag)
    const other = await startShell('true', { mark: `${tag} other` })
    const again = await startShell('true', { mark: tag, sweep: false })
    expect(pidsWith(tag)).toHaveLength(1)
    await Promise.all([other.end(), again.end()])
    await markProcesses({ mark: tag })
    expect(pidsWith(tag)).toEqual([])
  })

  it('stays while the Baton process lives that it belongs to', async () => {
    const tag = createTag()
    const { child } = await startHost('host.fixture.ts', [tag, tag])
    await vi.waitFor(() => expect(pidsWith(tag)).toHaveLength(4), within)
    await (await startShell('true', { mark: tag })).end()
    expect(pidsWith(tag)).toHaveLength(4)
    child.kill('SIGKILL')
    await vi.waitFor(() => expect(pidsWith(tag)).toEqual([]), within)
  })
})

describe('a mark', () => {
  it('is for programs that a library starts', async () => {
    const tag = createTag()
    const mark = await markProcesses()
    spawn('sh', ['-c', `setsid sleep ${tag} & sleep ${tag}`], {
      env: { ...environment, ...mark.environment },
    })
    await vi.waitFor(() => expect(pidsWith(tag)).toHaveLength(2), within)
    expect(await mark.end()).toEqual([])
    expect(pidsWith(tag)).toEqual([])
  })

  it('keeps the one of the Baton process around this one, so that both find what carries it', async () => {
    const tag = createTag()
    const outer = await markProcesses()
    vi.stubEnv('BATON_MARK', outer.environment.BATON_MARK)
    const running = await startShell(`(setsid sleep ${tag} &); echo "$BATON_MARK"`)
    vi.unstubAllEnvs()
    expect(await nextLine(running)).toMatch(new RegExp(`^${outer.environment.BATON_MARK}\\.[0-9a-f]{32}/`))
    await vi.waitFor(() => expect(pidsWith(tag)).toHaveLength(1), within)
    await outer.end()
    expect(pidsWith(tag)).toEqual([])
    await running.end()
  })
})
