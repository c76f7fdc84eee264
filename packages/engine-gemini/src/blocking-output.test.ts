import { startProcess } from '@batonjs/child-process'
import { expect, it } from 'vitest'
import { withBlockingOutput } from './blocking-output.ts'

const LENGTH = 3_000_000
const SCRIPT = `process.stdout.write('x'.repeat(${LENGTH}) + '\\n' + process.env.NODE_OPTIONS + '\\n'); process.exit(0)`

/** What a program says that exits without waiting until its output was taken. */
async function linesOf(env: Readonly<Record<string, string>>): Promise<readonly string[]> {
  const args = ['-e', SCRIPT]
  const program = await startProcess({ command: process.execPath, args, env, input: '' })
  const lines: string[] = []
  for await (const line of program.lines) lines.push(line)
  await program.end()
  return lines
}

const PATH = process.env.PATH ?? ''

it('engines.md §8: a program that exits at once has said all of it', async () => {
  const [said = '', options] = await linesOf(withBlockingOutput({ PATH }))
  expect(said.length).toBe(LENGTH)
  expect(options).toBe('undefined')
})

it('what the program starts has the options that were given', async () => {
  const NODE_OPTIONS = '--no-deprecation'
  const [, options] = await linesOf(withBlockingOutput({ PATH, NODE_OPTIONS }))
  expect(options).toBe(NODE_OPTIONS)
})
