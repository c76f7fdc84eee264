import { spawn, spawnSync } from 'node:child_process'
import { once } from 'node:events'
import { describe, expect, it } from 'vitest'
import { identifySelf, isAlive, parseIdentity, toIdentityFields } from './process-identity.ts'

const self = identifySelf('here')
const isLinux = process.platform === 'linux'

describe('isAlive', () => {
  it('sees that this process lives', () => expect(isAlive(self, self)).toBe(true))

  it.each([
    ['nothing of another host', { host: 'there' }, undefined],
    ['nothing of a machine that has the same name', { machine: 'other' }, undefined],
    ['nothing of another container', { pidNamespace: 'pid:[1]' }, undefined],
  ] as const)('tells %s', (_, change, expected) => {
    expect(isAlive({ ...self, ...change }, self)).toBe(expected)
  })

  it('tells that no process outlives its machine being started anew, if it is the machine', () => {
    const now = { ...self, boot: 'now' }
    const before = { ...self, boot: 'before' }
    expect(isAlive({ ...before, machine: 'same' }, { ...now, machine: 'same' })).toBe(false)
    const { machine, ...nameless } = before
    expect(isAlive(nameless, { ...now, machine: machine ?? 'known' })).toBeUndefined()
  })

  it('tells a process number that nobody has', () => {
    const { pid } = spawnSync('true')
    expect(isAlive({ ...self, pid }, self)).toBe(false)
  })

  it.skipIf(!isLinux)('tells a process number that another process has by now', () => {
    expect(isAlive({ ...self, startTime: '1' }, self)).toBe(false)
    expect(isAlive({ ...self, pid: 1, startTime: '0' }, self)).toBe(false)
  })

  it('takes a process for alive whose start is not known', () => {
    const { startTime, ...unknown } = self
    expect(isAlive(unknown, self)).toBe(true)
    expect(startTime).toMatch(isLinux ? /^\d+$/ : /./)
  })

  it('sees that a stopped process lives, and that one that has ended but was not waited for does not', async () => {
    // A shell would wait for its child; awk, which takes its place before it prints, does not.
    const script = `sleep 60 & exec awk -v child=$! 'BEGIN { print child; fflush(); getline < "-" }'`
    const parent = spawn('bash', ['-c', script], { stdio: ['pipe', 'pipe', 'ignore'] })
    const [chunk] = await once(parent.stdout, 'data')
    const child = { ...toUnstarted(Number(String(chunk))) }
    expect(isAlive(child, self)).toBe(true)
    process.kill(child.pid, 'SIGSTOP')
    expect(isAlive(child, self)).toBe(true)
    process.kill(child.pid, 'SIGKILL')
    while (isAlive(child, self)) await new Promise((resolve) => setImmediate(resolve))
    expect(process.kill(child.pid, 0)).toBe(true)
    parent.kill('SIGKILL')
    await once(parent, 'exit')
  })

  /** A process of this host of which only the number is known. */
  function toUnstarted(pid: number) {
    const { startTime, ...rest } = self
    expect(startTime).not.toBe('')
    return { ...rest, pid }
  }
})

describe('an identity in a lock file', () => {
  it('reads back as it was written', () => {
    expect(parseIdentity(JSON.parse(JSON.stringify(toIdentityFields(self))))).toEqual(self)
  })

  it.each([
    {},
    { pid: 1 },
    { host: 'x' },
    { pid: '1', host: 'x' },
    { pid: 0, host: 'x' },
    { pid: -5, host: 'x' },
  ])('is none in %j', (fields) => expect(parseIdentity(fields)).toBeUndefined())
})
