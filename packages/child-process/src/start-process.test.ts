import { expect, it } from 'vitest'
import { startProcess } from './start-process.ts'

it('gives the lines of a program and how it exited', async () => {
  const program = 'console.log("one\\ntwo"); console.error("three"); process.exitCode = 4'
  const running = await startProcess({ command: process.execPath, args: ['-e', program], env: {} })
  const lines: string[] = []
  for await (const line of running.lines) lines.push(line)
  expect(lines).toEqual(['one', 'two'])
  expect(await running.exit).toEqual({ code: 4, signal: null, stderr: 'three\n' })
  expect(await running.end()).toEqual([])
})
