import { execFileSync } from 'node:child_process'
import { describe, expect, it, vi } from 'vitest'
import { startHost } from './hosts.fixture.ts'
import { createTag, nextLine, pidsWith, startNode, startShell } from './running.fixture.ts'

const within = { timeout: 5_000, interval: 20 }

async function timed(work: () => Promise<unknown>): Promise<number> {
  const start = performance.now()
  await work()
  return performance.now() - start
}

describe('the end of a program', () => {
  it('is asked for first, and a program that does as asked is not signalled', async () => {
    const running = await startNode(
      `process.on('SIGTERM', () => process.exit(9)); process.stdin.on('data', () => process.exit(0)); console.log(1)`,
    )
    await nextLine(running)
    expect(await running.end({ ask: () => running.write('bye') })).toEqual([])
    expect(await running.exit).toMatchObject({ code: 0, signal: null })
  })

  it('comes by the signal when nobody can ask, or asking fails', async () => {
    const running = await startShell('trap "exit 7" INT; echo ready; while :; do sleep 0.05; done')
    await nextLine(running)
    const ask = (): never => {
      throw new Error('It does not listen')
    }
    await running.end({ ask, askMs: 1, signal: 'SIGINT' })
    expect(await running.exit).toMatchObject({ code: 7 })
  })

  it('comes for who is deaf to everything, within the time', async () => {
    const running = await startShell('trap "" INT TERM HUP; echo ready; while :; do sleep 0.05; done')
    await nextLine(running)
    const ask = () => new Promise<never>(() => {})
    const took = await timed(() => running.end({ ask, askMs: 100, signalMs: 100 }))
    expect(await running.exit).toMatchObject({ signal: 'SIGKILL' })
    expect(took).toBeLessThan(2_000)
  })

  it('by default takes less than 4.5 seconds', async () => {
    const tag = createTag()
    const deaf = 'trap "" INT TERM HUP; while :; do sleep 0.05; done'
    const running = await startShell(`(${deaf}; exec sleep ${tag}) & echo ready; ${deaf}`)
    await nextLine(running)
    const took = await timed(() => running.end({ ask: () => new Promise<never>(() => {}) }))
    expect(took).toBeLessThan(4_500)
  })

  it('is made once: all who call join', async () => {
    const ask = vi.fn()
    const running = await startShell('echo ready; sleep 300')
    await nextLine(running)
    const endings = [running.end({ ask, askMs: 1 }), running.end({ ask }), running.end()]
    expect(await Promise.all(endings)).toEqual([[], [], []])
    expect(await running.end()).toEqual([])
    expect(ask).toHaveBeenCalledTimes(1)
  })

  it('comes to a program and its group where no file is left to look with (fault 44)', async () => {
    const tag = createTag()
    const { line } = await startHost('scarce-host.fixture.ts', ['files', 'end', tag])
    expect(JSON.parse(line)).toEqual([])
    await vi.waitFor(() => expect(pidsWith(tag)).toEqual([]), within)
  })

  it.skipIf(!mayHideProcesses())(
    'comes to a program and its group where no process can be seen',
    async () => {
      const tag = createTag()
      const hide = ['unshare', '-m', 'sh', '-c', 'mount -t tmpfs none /proc && exec "$@"', 'sh']
      const { line } = await startHost('blind-host.fixture.ts', [tag], hide)
      expect(JSON.parse(line)).toEqual([])
      await vi.waitFor(() => expect(pidsWith(tag)).toEqual([]), within)
    },
  )

  it('reaches a program that waits for somebody to read', async () => {
    const running = await startShell('yes')
    expect(await running.end()).toEqual([])
    expect(await running.exit).toMatchObject({ signal: 'SIGTERM' })
  })
})

describe('what a program has started (fault 29)', () => {
  it.each<[string, (tag: string) => string]>([
    ['a child', (tag) => `sleep ${tag} & echo ready; wait`],
    ['a shell in its own session', (tag) => `setsid sh -c 'sleep ${tag}' & echo ready; wait`],
    ['one whose parent is gone', (tag) => `(setsid sleep ${tag} &); echo ready; sleep 300`],
    ['one that outlives the program', (tag) => `setsid sleep ${tag} & echo ready`],
    ['one without an environment', (tag) => `setsid env -i sleep ${tag} & echo ready; wait`],
    ['one without environment and parent', (tag) => `(env -i sleep ${tag} &); echo ready; sleep 300`],
    ['one without environment, of a program that is gone', (tag) => `(env -i sleep ${tag} &); echo ready`],
    [
      'one without environment and parent, in the session of a tool',
      (tag) => `setsid sh -c '(env -i sleep ${tag} &); sleep 300' & echo ready; wait`,
    ],
    ['one that is deaf', (tag) => `setsid sh -c 'trap "" TERM; sleep ${tag}; true' & echo ready; wait`],
    ['a child of one that is stopped', (tag) => `sh -c 'sleep ${tag} & kill -STOP $$' & echo ready; wait`],
  ])('ends with it: %s', async (_, script) => {
    const tag = createTag()
    const running = await startShell(script(tag))
    await nextLine(running)
    await vi.waitFor(() => expect(pidsWith(tag)).not.toEqual([]), within)
    expect(await running.end({ signalMs: 50 })).toEqual([])
    expect(pidsWith(tag)).toEqual([])
  })

  it('ends while it keeps starting more', async () => {
    const tag = createTag()
    const running = await startShell(`echo ready; while :; do setsid sleep ${tag} & sleep 0.01; done`)
    await nextLine(running)
    await vi.waitFor(() => expect(pidsWith(tag).length).toBeGreaterThan(5), within)
    expect(await running.end({ signal: 'SIGCONT', signalMs: 50 })).toEqual([])
    expect(pidsWith(tag)).toEqual([])
  })

  it('ends with it alone: what another program has started stays', async () => {
    const [tag, other] = [createTag(), createTag()]
    const mark = { mark: 'side by side' }
    const running = await startShell(`sleep ${tag} & echo ready; wait`, mark)
    const neighbour = await startShell(`sleep ${other} & echo ready; wait`, mark)
    await Promise.all([nextLine(running), nextLine(neighbour)])
    await running.end()
    expect(pidsWith(tag)).toEqual([])
    expect(pidsWith(other)).toHaveLength(1)
    await neighbour.end()
    expect(pidsWith(other)).toEqual([])
  })
})

/** Needs root. */
function mayHideProcesses(): boolean {
  try {
    execFileSync('unshare', ['-m', 'mount', '-t', 'tmpfs', 'none', '/proc'], { stdio: 'ignore' })
    return true
  } catch {
    return false
  }
}
