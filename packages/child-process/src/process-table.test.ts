import { describe, expect, it } from 'vitest'
import { ownStart, parsePs, readProcesses } from './process-table.ts'
import { nextLine, startShell } from './running.fixture.ts'

describe('the table of processes', () => {
  it('holds this one, with its parent and its start', async () => {
    const entry = (await readProcesses()).find(({ pid }) => pid === process.pid)
    expect(entry).toMatchObject({ parent: process.ppid, start: ownStart() })
    expect(entry?.start).toMatch(/^\d+$/)
  })

  it('reads a mark wherever it stands in the environment, and a program with brackets in its name', async () => {
    const running = await startShell('exec -a ") S 1 (" sleep 300', {
      command: '/bin/bash',
      args: ['-c', 'echo ready; exec -a ") S 1 (" sleep 300'],
      env: { PATH: process.env.PATH ?? '', XBATON_MARK: 'not this', BATON_MARKS: 'nor this' },
    })
    await nextLine(running)
    const entry = (await readProcesses()).find(({ pid }) => pid === running.pid)
    expect(entry).toMatchObject({ parent: process.pid })
    expect(entry?.marks).toMatch(/^[0-9a-f]{32}\/\d+-\d+-[0-9a-f]{12}\/[0-9a-f]{12}$/)
    await running.end()
  })

  it('does not hold a process that has exited', async () => {
    const running = await startShell('exit 0')
    await running.exit
    expect((await readProcesses()).some(({ pid }) => pid === running.pid)).toBe(false)
  })

  it('is read from ps elsewhere: pid, parent, group, start and mark', () => {
    const text = [
      '    1     0     1 Ss   Mon Nov 21 02:02:01 2026 /sbin/launchd',
      '  412     1   400 S+   Sat Nov  7 12:00:09 2026 node a.js b=c PATH=/bin BATON_MARK=ab/412-x-1/cd.ef/1--2/34 LANG=C',
      '  413   412   400 Z    Sat Nov  7 12:00:10 2026 (sh)',
      '',
    ].join('\n')
    expect(parsePs(text)).toEqual([
      { pid: 1, parent: 0, session: 1, start: 'Mon Nov 21 02:02:01 2026', marks: '' },
      {
        pid: 412,
        parent: 1,
        session: 400,
        start: 'Sat Nov  7 12:00:09 2026',
        marks: 'ab/412-x-1/cd.ef/1--2/34',
      },
    ])
  })
})
